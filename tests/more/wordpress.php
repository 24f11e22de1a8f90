<?php
// The functions of WordPress that examples/simpul_wordpress.php calls, as WordPress documents them; options lie in options.json. It shows one
// page, which has the shortcode: first the actions before the page, then its head, then its content; below /wp-json/ it answers with what was registered. Told
// by environment: SIMPUL_API, SIMPUL_KEY, SIMPUL_PLUGIN, its file, and SIMPUL_WEBHOOK_SECRET where there is one.
define('SIMPUL_API', getenv('SIMPUL_API'));
define('SIMPUL_KEY', getenv('SIMPUL_KEY'));
if (getenv('SIMPUL_WEBHOOK_SECRET')) {
    define('SIMPUL_WEBHOOK_SECRET', getenv('SIMPUL_WEBHOOK_SECRET'));
}
const CONTENT = '[simpul channel="kota" limit="5"]';

function options(?array $new = null): array
{
    if ($new !== null) {
        file_put_contents('options.json', json_encode($new));
    }
    return is_file('options.json') ? json_decode(file_get_contents('options.json'), true) : [];
}

function get_option(string $name, $default = false)
{
    return options()[$name] ?? $default;
}

function update_option(string $name, $value, $autoload = null): bool
{
    options([$name => $value] + options());
    return true;
}

function delete_option(string $name): bool
{
    options(array_diff_key(options(), [$name => 1]));
    return true;
}

function wp_remote_get(string $address, array $arguments)
{
    $headers = array_map(fn ($name, $value) => "$name: $value", array_keys($arguments['headers']), $arguments['headers']);
    $http = ['header' => $headers, 'timeout' => $arguments['timeout'], 'ignore_errors' => true, 'follow_location' => $arguments['redirection'] > 0 ? 1 : 0];
    $stream = @fopen($address, 'r', false, stream_context_create(['http' => $http]));
    if ($stream === false) {
        return null;
    }
    return ['body' => stream_get_contents($stream), 'headers' => stream_get_meta_data($stream)['wrapper_data']];
}

function wp_remote_retrieve_response_code($answer)
{
    return $answer === null ? '' : (int) explode(' ', $answer['headers'][0])[1];
}

function wp_remote_retrieve_body($answer): string
{
    return $answer['body'] ?? '';
}

function wp_remote_retrieve_header($answer, string $name): string
{
    $found = preg_grep("/^$name:/i", $answer['headers'] ?? []);
    return $found ? trim(explode(':', end($found), 2)[1]) : '';
}

function shortcode_atts(array $defaults, $given): array
{
    return array_merge($defaults, array_intersect_key((array) $given, $defaults));
}

function esc_html(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES);
}

function esc_attr(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES);
}

function esc_url(string $address): string
{
    return preg_match('#^(https?:|[?/])#', $address) ? htmlspecialchars($address, ENT_QUOTES) : '';
}

function wp_unslash($text)
{
    return stripslashes($text);
}

function get_post(): object
{
    return (object) ['post_content' => CONTENT];
}

function has_shortcode(string $content, string $tag): bool
{
    return str_contains($content, "[$tag");
}

function status_header(int $status): void
{
    http_response_code($status);
}

function nocache_headers(): void
{
    header('Cache-Control: no-cache, must-revalidate, max-age=0');
}

function wp_redirect(string $address, int $status = 302): bool
{
    header("Location: $address", true, $status);
    return true;
}

$GLOBALS['actions'] = [];

function add_action(string $moment, callable $done): void
{
    $GLOBALS['actions'][$moment][] = $done;
}

function remove_action(string $moment, $done): void
{
}

function add_shortcode(string $tag, callable $shown): void
{
    preg_match_all('/(\w+)="([^"]*)"/', CONTENT, $found);
    register_shutdown_function(function () use ($shown, $found): void {
        if (str_starts_with($_SERVER['REQUEST_URI'], '/wp-json/')) {
            array_map(fn (callable $done) => $done(), $GLOBALS['actions']['rest_api_init'] ?? []);
            return;
        }
        // WordPress adds slashes to what visitors send.
        $_GET = array_map(fn ($given) => is_string($given) ? addslashes($given) : $given, $_GET);
        foreach (['template_redirect', 'wp_head'] as $moment) {
            array_map(fn (callable $done) => $done(), $GLOBALS['actions'][$moment] ?? []);
        }
        print($shown(array_combine($found[1], $found[2])));
    });
}

class WP_REST_Request
{
    public function get_header(string $name): ?string
    {
        return $_SERVER['HTTP_' . strtoupper(str_replace('-', '_', $name))] ?? null;
    }

    public function get_body(): string
    {
        return file_get_contents('php://input');
    }
}

class WP_REST_Response
{
    public function __construct(public $data = null, public int $status = 200)
    {
    }
}

function __return_true(): bool
{
    return true;
}

function register_rest_route(string $space, string $route, array $given): bool
{
    if ($_SERVER['REQUEST_URI'] === "/wp-json/$space$route" && $_SERVER['REQUEST_METHOD'] === $given['methods'] && $given['permission_callback']()) {
        http_response_code($given['callback'](new WP_REST_Request())->status);
    }
    return true;
}

require getenv('SIMPUL_PLUGIN');
