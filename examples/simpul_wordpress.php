<?php
// Plugin Name: Simpul
// Description: News of an agency from Simpul on a page of WordPress: own and carried posts with pictures, notices, 410 for what was taken back.
//
// Save as wp-content/mu-plugins/simpul.php. In wp-config.php, which is not public: define('SIMPUL_API', 'https://...'); define('SIMPUL_KEY', 'smp_...');
// On one page: [simpul channel="dpu" limit="10"]. What a caching plugin keeps of that page must not live longer than you want something to
// stay that was taken back.
//
// To show changes within seconds and ask less: define('SIMPUL_WEBHOOK_SECRET', 'whsec_...'), and have https://.../wp-json/simpul/v1/changed added to
// your consumer as a webhook, whose secret that is.
declare(strict_types=1);

const SIMPUL_ASK_AGAIN = 30; // seconds that a copy is shown without a question
const SIMPUL_ASK_AGAIN_IF_TOLD = 600; // the same where a webhook tells of changes: it may be off
const SIMPUL_TOLERANCE = 300; // seconds that a message may have been on its way
const SIMPUL_LONGEST_KEPT = 7 * 86400; // seconds that a copy is shown without an answer: it may have been taken back meanwhile

/** Status and body of what the API has at a path. Copies are options: transients may go away at any time. */
function simpul_pull(string $path, array $query = []): array
{
    $address = SIMPUL_API . $path . ($query ? '?' . http_build_query($query) : '');
    $name = 'simpul_' . md5(SIMPUL_KEY . $address);
    $kept = get_option($name) ?: [];
    $patience = defined('SIMPUL_WEBHOOK_SECRET') ? SIMPUL_ASK_AGAIN_IF_TOLD : SIMPUL_ASK_AGAIN;
    if ($kept && time() - $kept['asked_at'] < $patience && $kept['asked_at'] > get_option('simpul_told_at', 0)) {
        return $kept;
    }
    $headers = ['Authorization' => 'Bearer ' . SIMPUL_KEY, 'Accept-Language' => 'id'] + ($kept ? ['If-None-Match' => $kept['etag']] : []);
    $answer = wp_remote_get($address, ['headers' => $headers, 'timeout' => 5, 'redirection' => 0]);
    $status = (int) wp_remote_retrieve_response_code($answer);
    $body = json_decode(wp_remote_retrieve_body($answer), true);
    if ($status === 200 && $body) {
        $kept = ['status' => 200, 'body' => $body, 'etag' => wp_remote_retrieve_header($answer, 'etag'), 'as_of' => time()];
    } elseif ($status === 304 && $kept) {
        $kept['as_of'] = time();
    } elseif ($body && $status >= 400 && $status < 500 && $status !== 429) {
        // Taken back (404, 410), or a wrong address or key: none of these hides behind a copy.
        delete_option($name);
        in_array($status, [404, 410], true) || error_log("Simpul: $path: " . ($body['detail'] ?? $status));
        return ['status' => $status, 'body' => $body];
    } elseif (!$kept || time() - $kept['as_of'] > SIMPUL_LONGEST_KEPT) {
        return ['status' => 503, 'body' => null];
    }
    $kept['asked_at'] = time();
    update_option($name, $kept, false);
    return $kept;
}

/** What `?simpul=agency/slug` leads to: `status`, and a `post`, a place `to`, or an `explanation`. */
function simpul_find(string $asked, string $channel): array
{
    if (!preg_match('#^([a-z0-9-]{1,60})/([a-z0-9-]{1,100})$#D', $asked, $part)) {
        return ['status' => 404];
    }
    $answer = simpul_pull('/v1/resolve', ['type' => 'post', 'agency' => $part[1], 'slug' => $part[2]]);
    $told = $answer['body']['data'] ?? null;
    if ($answer['status'] !== 200) {
        return ['status' => $answer['status'] === 404 ? 404 : 503];
    }
    $to = preg_match('#^https?://#', (string) $told['to']) ? $told['to'] : null;
    if ($told['status'] === 'gone' || ($told['slug'] === null && $to === null)) {
        return ['status' => 410, 'explanation' => $told['explanation'], 'to' => $to];
    }
    if ($told['slug'] === null || $told['type'] !== 'post') {
        return ['status' => 301, 'to' => $to];
    }
    if ("{$told['agency']}/{$told['slug']}" !== $asked) {
        return ['status' => 301, 'to' => '?simpul=' . rawurlencode("{$told['agency']}/{$told['slug']}")];
    }
    // Asked of the list: only it knows whether this channel has the post, and with which words it is carried.
    $fields = 'title,agency,cover,body_html,canonical_url,credit_line,public_updated_at,repost,withdrawn';
    $list = simpul_pull('/v1/posts', ['channel' => $channel, 'ids' => $told['id'], 'fields' => $fields]);
    if ($list['status'] !== 200) {
        return ['status' => 503];
    }
    $post = $list['body']['data'][0] ?? null;
    return $post ? ['status' => 200, 'post' => $post, 'base' => $list['body']['meta']['media_base']] : ['status' => 302, 'to' => $told['canonical_url']];
}

function simpul_picture(?array $image, string $sizes, string $base): string
{
    if ($image === null) {
        return '';
    }
    $cuts = [$image['renditions']['card'], $image['renditions']['content']];
    $set = implode(', ', array_map(fn (array $cut): string => "$base{$cut['webp']} {$cut['width']}w", $cuts));
    $credit = implode('. ', array_filter([$image['caption'], $image['credit'] === null ? null : "Foto: {$image['credit']}"]));
    return '<figure><img src="' . esc_url($base . $cuts[1]['jpeg']) . '" srcset="' . esc_attr($set) . '" sizes="' . esc_attr($sizes) . '" alt="' . esc_attr((string) $image['alt'])
        . "\" width=\"{$cuts[1]['width']}\" height=\"{$cuts[1]['height']}\" loading=\"lazy\"><figcaption>" . esc_html($credit) . '</figcaption></figure>';
}

/** Whose a carried post is and with which words it is carried, and the notice of a withdrawn one. */
function simpul_notes(array $post, string $channel): string
{
    $said = $post['repost']['comment'] ?? null;
    $owner = $post['agency']['slug'] === $channel ? '' : '<p>Dari ' . esc_html($post['agency']['name'] . ($said === null ? '' : ": $said")) . '</p>';
    return ($post['withdrawn'] === null ? '' : '<p role="note"><strong>Ditarik.</strong> ' . esc_html((string) $post['withdrawn']['explanation']) . '</p>') . $owner;
}

function simpul_list(string $channel, int $limit, string $cursor): string
{
    $page = simpul_pull('/v1/posts', ['channel' => $channel, 'limit' => $limit] + ($cursor === '' ? [] : ['cursor' => $cursor]));
    if ($page['status'] === 400 && $cursor !== '') {
        return simpul_list($channel, $limit, '');
    }
    if ($page['status'] !== 200) {
        return '<p>Berita sedang tidak dapat diambil.</p>';
    }
    $rows = array_map(fn (array $post): string => '<li>' . simpul_picture($post['cover'], '25rem', $page['body']['meta']['media_base'])
        . '<h2><a href="?simpul=' . esc_attr(rawurlencode("{$post['agency']['slug']}/{$post['slug']}")) . '">' . esc_html($post['title']) . '</a></h2>'
        . simpul_notes($post, $channel) . '<p>' . esc_html((string) $post['summary']) . '</p></li>', $page['body']['data']);
    parse_str((string) parse_url($page['body']['links']['next'] ?? '', PHP_URL_QUERY), $next);
    $more = isset($next['cursor']) ? '<a rel="next" href="?simpul_cursor=' . esc_attr(rawurlencode($next['cursor'])) . '">Lebih lama</a>' : '';
    return '<ul>' . implode('', $rows) . "</ul>$more";
}

function simpul_post(array $found, string $channel): string
{
    $post = $found['post'];
    // The API sanitised the body: the only text here that is not escaped. Its pictures are paths.
    $body = preg_replace('#(["\s])/v1/media/#', '$1' . esc_url($found['base']) . '/v1/media/', $post['body_html']);
    return '<article><h1>' . esc_html($post['title']) . '</h1>' . simpul_notes($post, $channel) . simpul_picture($post['cover'], '44rem', $found['base'])
        . $body . '<p><small>' . esc_html($post['credit_line']) . '</small></p></article>';
}

/** The text of a parameter; people also send lists. */
function simpul_asked(string $name): string
{
    return is_string($_GET[$name] ?? null) ? wp_unslash($_GET[$name]) : '';
}

// Before the page begins: what is gone or has moved is a matter of the status. The channel is that of the shortcode of the page.
add_action('template_redirect', function (): void {
    $page = get_post();
    if (simpul_asked('simpul') === '' || !$page || !has_shortcode($page->post_content, 'simpul')) {
        return;
    }
    preg_match('/\[simpul[^\]]*channel="([a-z0-9-]+)"/', $page->post_content, $named);
    $found = simpul_find(simpul_asked('simpul'), $named[1] ?? '');
    if (in_array($found['status'], [301, 302], true)) {
        // Where the API sends people: the city's own sites.
        wp_redirect($found['to'], $found['status']);
        exit;
    }
    if ($found['status'] !== 200) {
        status_header($found['status']);
        nocache_headers();
    } else {
        remove_action('wp_head', 'rel_canonical');
        add_action('wp_head', fn () => print('<link rel="canonical" href="' . esc_url($found['post']['canonical_url']) . '">'));
    }
});

add_shortcode('simpul', function ($given): string {
    $wanted = shortcode_atts(['channel' => '', 'limit' => '10'], $given);
    if (simpul_asked('simpul') === '') {
        return simpul_list($wanted['channel'], (int) $wanted['limit'], simpul_asked('simpul_cursor'));
    }
    $found = simpul_find(simpul_asked('simpul'), $wanted['channel']);
    $link = isset($found['to']) ? '<p><a href="' . esc_url($found['to']) . '">Lihat halaman penggantinya</a></p>' : '';
    return match ($found['status']) {
        200 => simpul_post($found, $wanted['channel']),
        410 => '<h1>Berita ini sudah ditarik</h1><p>' . esc_html($found['explanation'] ?? 'Berita ini tidak tersedia lagi.') . "</p>$link",
        404 => '<h1>Halaman tidak ditemukan</h1>',
        default => '<p>Berita sedang tidak dapat diambil.</p>',
    };
});

/** True when one of the signatures of a message holds and it was sent in the last five minutes (Standard Webhooks 1.0.0). */
function simpul_is_genuine(string $id, string $sent_at, string $signatures, string $body): bool
{
    if (!preg_match('/^[0-9]{1,12}$/D', $sent_at) || abs(time() - (int) $sent_at) > SIMPUL_TOLERANCE) {
        return false;
    }
    $key = base64_decode(preg_replace('/^whsec_/', '', SIMPUL_WEBHOOK_SECRET));
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$sent_at.$body", $key, true));
    // Several during a rotation of the secret: one that holds is enough.
    return array_filter(explode(' ', $signatures), fn (string $given): bool => hash_equals($expected, $given)) !== [];
}

// Something has changed: every copy that was made before is asked for again when somebody wants it, which costs a 304 where it is the same.
add_action('rest_api_init', function (): void {
    $told = function (WP_REST_Request $request): WP_REST_Response {
        [$id, $sent_at, $signatures] = array_map(fn (string $name): string => (string) $request->get_header("webhook-$name"), ['id', 'timestamp', 'signature']);
        if (!defined('SIMPUL_WEBHOOK_SECRET') || !simpul_is_genuine($id, $sent_at, $signatures, $request->get_body())) {
            return new WP_REST_Response(null, 401);
        }
        update_option('simpul_told_at', time(), true);
        return new WP_REST_Response(null, 204);
    };
    register_rest_route('simpul/v1', '/changed', ['methods' => 'POST', 'permission_callback' => '__return_true', 'callback' => $told]);
});
