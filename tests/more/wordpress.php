<?php
// The functions of WordPress that the example in docs/api.md calls, as WordPress documents them; options last in options.json.
// At the end it shows the page: `[simpul]`. Told by environment: SIMPUL_API, SIMPUL_KEY.
define('SIMPUL_API', getenv('SIMPUL_API'));
define('SIMPUL_KEY', getenv('SIMPUL_KEY'));

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
    $http = ['header' => $headers, 'timeout' => $arguments['timeout'], 'ignore_errors' => true];
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

function esc_url(string $address): string
{
    return htmlspecialchars($address, ENT_QUOTES);
}

function add_shortcode(string $tag, callable $shown): void
{
    // WordPress gives an empty text when a shortcode has no attributes.
    register_shutdown_function(fn () => print($shown('')));
}
