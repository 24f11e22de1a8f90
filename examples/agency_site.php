<?php
// The website of one agency in one file: what is on its channel page by page, own and carried posts with their pictures, notices of what
// was withdrawn, a page for what was taken back, preview links, and copies that go on when the API does not answer. PHP 8.1 or newer with `curl`.
//
//   SIMPUL_API=https://simpul.example SIMPUL_KEY=smp_... SIMPUL_AGENCY=dpu php -S localhost:8080 agency_site.php
//
// SIMPUL_API is the address of your server. Behind a web server let every address lead here. SIMPUL_COPIES names the folder of the copies: not below the web root.
declare(strict_types=1);

const ASK_AGAIN = 30; // seconds that a copy is shown without a question
const LONGEST_KEPT = 7 * 86400; // seconds that a copy is shown without an answer: it may have been taken back meanwhile
const MONTHS = ['', 'Januari', 'Februari', 'Maret', 'April', 'Mei', 'Juni', 'Juli', 'Agustus', 'September', 'Oktober', 'November', 'Desember'];

define('API', rtrim((string) getenv('SIMPUL_API'), '/'));
define('KEY', (string) getenv('SIMPUL_KEY'));
define('SITE', getenv('SIMPUL_AGENCY') ?: 'dpu');
define('COPIES', getenv('SIMPUL_COPIES') ?: sys_get_temp_dir() . '/simpul-' . SITE);

/** What the API has at a path: `status` 200 with the body and `as_of`, when that was last confirmed; or what else it said. */
function pull(string $path, array $query = []): array
{
    $address = API . $path . ($query ? '?' . http_build_query($query) : '');
    is_dir(COPIES) || mkdir(COPIES, 0700, true);
    $copy = COPIES . '/' . hash('sha256', KEY . " $address") . '.json';
    $kept = is_file($copy) ? json_decode((string) file_get_contents($copy), true) : null;
    if ($kept && time() - $kept['asked_at'] < ASK_AGAIN) {
        return $kept;
    }
    [$status, $etag, $body] = ask($address, $kept['etag'] ?? null);
    if ($status === 200) {
        $kept = ['status' => 200, 'etag' => $etag, 'body' => $body, 'as_of' => time()];
    } elseif ($status === 304 && $kept) {
        $kept['as_of'] = time();
    } elseif ($status >= 400 && $status < 500 && $status !== 429) {
        // Taken back (404, 410), or a wrong address or key: none of these hides behind a copy.
        is_file($copy) && unlink($copy);
        return ['status' => $status, 'body' => $body];
    } elseif (!$kept || time() - $kept['as_of'] > LONGEST_KEPT) {
        return ['status' => 503, 'body' => null];
    }
    // Also without an answer: not every visitor shall wait for one. Renamed, so that nobody reads half of it.
    $kept['asked_at'] = time();
    file_put_contents($copy . getmypid(), json_encode($kept));
    rename($copy . getmypid(), $copy);
    return $kept;
}

/** Status, ETag and body of an answer; status 0 when there is none, or one that is not from the API. */
function ask(string $address, ?string $etag): array
{
    $found = null;
    $request = curl_init($address);
    curl_setopt_array($request, [
        CURLOPT_HTTPHEADER => ['Authorization: Bearer ' . KEY, 'Accept-Language: id', ...($etag ? ["If-None-Match: $etag"] : [])],
        CURLOPT_HEADERFUNCTION => function ($_, string $line) use (&$found): int {
            $found = preg_match('/^etag:\s*(\S+)/i', $line, $match) ? $match[1] : $found;
            return strlen($line);
        },
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_ENCODING => '',
        CURLOPT_TIMEOUT => 5,
    ]);
    $body = json_decode((string) curl_exec($request), true);
    $status = (int) curl_getinfo($request, CURLINFO_RESPONSE_CODE);
    return [$body === null && $status !== 304 ? 0 : $status, $found, $body];
}

// --- the pages ---

function answer(string $method, string $path, array $query): void
{
    if ($method !== 'GET' && $method !== 'HEAD') {
        header('Allow: GET, HEAD');
        show(405, 'Metode tidak diizinkan', '');
        return;
    }
    $slug = '([a-z0-9]+(?:-[a-z0-9]+)*)';
    if (is_string($query['preview'] ?? null)) {
        preg_match('#^posts/([A-Za-z0-9._~-]{1,500})$#D', $query['preview'], $found) ? preview_page($found[1]) : not_found();
    } elseif ($path === '/') {
        list_page(is_string($query['cursor'] ?? null) ? $query['cursor'] : null);
    } elseif (preg_match("#^/(?:$slug/)?$slug$#D", $path, $found)) {
        address_page($found[1] ?: SITE, $found[2]);
    } else {
        not_found();
    }
}

/** What is on the channel, newest first. A cursor is taken from `links.next` as it is, never made. */
function list_page(?string $cursor): void
{
    $page = pull('/v1/posts', ['channel' => SITE, 'limit' => 5] + ($cursor === null ? [] : ['cursor' => $cursor]));
    if ($page['status'] === 400 && $cursor !== null) {
        // Cursors end with a restore of the API's database, and people type what they like.
        redirect('/', 302);
        return;
    }
    if ($page['status'] !== 200) {
        out_of_order($page);
        return;
    }
    $base = $page['body']['meta']['media_base'];
    $rows = implode('', array_map(fn (array $post): string => row($post, $base), $page['body']['data'])) ?: '<li>Belum ada berita.</li>';
    parse_str((string) parse_url($page['body']['links']['next'] ?? '', PHP_URL_QUERY), $next);
    $links = ($cursor === null ? '' : '<a href="/">Terbaru</a> ')
        . (isset($next['cursor']) ? '<a rel="next" href="/?' . e(http_build_query(['cursor' => $next['cursor']])) . '">Lebih lama</a>' : '');
    show(200, 'Berita', "<ul>$rows</ul><nav>$links</nav>", $page);
}

/** One post in the list. A carried one shows who carries it and with which comment; it stays its owner's. */
function row(array $post, string $base): string
{
    $carried = $post['repost'] === null ? '' : '<p class="carried">Dibagikan dari ' . e($post['agency']['name'])
        . ($post['repost']['comment'] === null ? '' : ': ' . e($post['repost']['comment'])) . '</p>';
    return '<li>' . picture($post['cover'], '25rem', $base) . '<h2><a href="' . e(address_of($post)) . '">' . e($post['title']) . '</a></h2>'
        . ($post['withdrawn'] === null ? '' : '<p class="withdrawn">Ditarik</p>') . $carried
        . '<p>' . e($post['summary'] ?? '') . '</p>' . day($post['published_at']) . '</li>';
}

/** What an address of this site leads to: a post, its new address, or why it is gone. */
function address_page(string $agency, string $slug): void
{
    $found = pull('/v1/resolve', ['type' => 'post', 'agency' => $agency, 'slug' => $slug]);
    if ($found['status'] !== 200) {
        $found['status'] === 404 ? not_found() : out_of_order($found);
        return;
    }
    $told = $found['body']['data'];
    if ($told['status'] === 'gone') {
        gone_page($told['explanation'], $told['to']);
    } elseif ($told['status'] === 'moved' && ($told['slug'] === null || $told['type'] !== 'post')) {
        // Sent to a page elsewhere, or to a document, which has a page of its own. Only addresses of the web: what else an editor can write is no place to send people to.
        preg_match('#^https?://#', (string) $told['to']) ? redirect($told['to'], 301) : gone_page($told['explanation'], null);
    } else {
        post_page($told['id'], "/$agency/$slug");
    }
}

function post_page(string $id, string $asked): void
{
    $answer = pull("/v1/posts/$id");
    if ($answer['status'] === 410) {
        gone_page($answer['body']['explanation'] ?? null, $answer['body']['alternative'] ?? null);
        return;
    }
    if ($answer['status'] !== 200) {
        $answer['status'] === 404 ? not_found() : out_of_order($answer);
        return;
    }
    $post = $answer['body']['data'];
    if (!in_array(SITE, [$post['agency']['slug'], $post['channel'], ...$post['reposted_by']], true)) {
        // Another agency's, and nobody here carries it (any more).
        redirect($post['canonical_url'], 302);
    } elseif (!in_array($asked, [address_of($post), '/' . SITE . address_of($post)], true)) {
        redirect(address_of($post), 301);
    } else {
        show(200, $post['title'], post_html($post, $answer['body']['meta']['media_base']), $answer, $post['canonical_url']);
    }
}

function post_html(array $post, string $base): string
{
    $notice = $post['withdrawn'] === null ? '' : '<aside class="withdrawn" role="note"><strong>Ditarik ' . day($post['withdrawn']['at'])
        . '.</strong> ' . e($post['withdrawn']['explanation']) . '</aside>';
    $is_over = $post['valid_until'] !== null && strtotime($post['valid_until']) < time();
    $owner = $post['agency']['slug'] === SITE ? '' : '<p class="carried">Dari ' . e($post['agency']['name']) . '</p>';
    $history = implode('', array_map(fn (array $note): string => '<li>' . day($note['at']) . ': ' . e($note['note']) . '</li>', $post['change_history']));
    return $notice . $owner . ($is_over ? '<p class="over">Masa berlakunya sudah lewat.</p>' : '') . picture($post['cover'], '44rem', $base)
        . '<p>' . day($post['public_updated_at']) . '</p>'
        // The API sanitised it: the only text here that is not escaped. Its pictures are paths.
        . '<div>' . preg_replace('#(["\s])/v1/media/#', '$1' . e($base) . '/v1/media/', $post['body_html']) . '</div>'
        . ($history ? "<details><summary>Perubahan</summary><ul>$history</ul></details>" : '')
        . '<p class="credit">' . e($post['credit_line']) . '</p>';
}

/** A draft for whoever has its link: never kept, never found by search engines, and its address told to no other site. */
function preview_page(string $token): void
{
    header('X-Robots-Tag: noindex, nofollow, noarchive');
    header('Referrer-Policy: no-referrer');
    [$status, , $body] = ask(API . "/preview/posts/$token", null);
    if ($status === 200) {
        $until = '<p class="withdrawn">Pratinjau sampai ' . day($body['meta']['expires_at']) . ': belum tentu terbit.</p>';
        show(200, $body['data']['title'], $until . post_html($body['data'], $body['meta']['media_base']), ['body' => $body, 'as_of' => time()], null, false);
    } elseif ($status === 410) {
        show(410, 'Pratinjau ini sudah berakhir', '<p>' . e($body['detail'] ?? null) . '</p>');
    } else {
        $status === 404 ? not_found() : out_of_order(['status' => $status, 'body' => $body]);
    }
}

function gone_page(?string $explanation, ?string $elsewhere): void
{
    $link = preg_match('#^https?://#', (string) $elsewhere) ? '<p><a href="' . e($elsewhere) . '">Lihat halaman penggantinya</a></p>' : '';
    show(410, 'Berita ini sudah ditarik', '<p>' . e($explanation ?? 'Berita ini tidak tersedia lagi.') . "</p>$link");
}

function not_found(): void
{
    show(404, 'Halaman tidak ditemukan', '<p><a href="/">Ke berita terbaru</a></p>');
}

/** No answer and no copy, or a wrong key: somebody has to look at it, so it stands in the log. */
function out_of_order(array $answer): void
{
    error_log("Simpul: {$answer['status']} " . ($answer['body']['detail'] ?? 'no answer, and no copy'));
    header('Retry-After: 60');
    show(503, 'Sedang ada gangguan', '<p>Silakan coba lagi sebentar lagi.</p>');
}

// --- parts of pages ---

/** Everything that is not HTML from the API is plain text. */
function e(?string $text): string
{
    return htmlspecialchars((string) $text, ENT_QUOTES | ENT_SUBSTITUTE);
}

/** Own posts have the addresses that the API expects at the agency's `site_url`; a carried one stands below its owner. */
function address_of(array $post): string
{
    return ($post['agency']['slug'] === SITE ? '' : "/{$post['agency']['slug']}") . "/{$post['slug']}";
}

/** A picture in the sizes that the browser may choose from; `$base` (`media_base`) goes before the paths of what is published. */
function picture(?array $image, string $sizes, string $base): string
{
    if ($image === null) {
        return '';
    }
    $cuts = [$image['renditions']['card'], $image['renditions']['content']];
    $set = fn (string $kind): string => e(implode(', ', array_map(fn (array $cut): string => "$base{$cut[$kind]} {$cut['width']}w", $cuts)));
    $credit = implode('. ', array_filter([$image['caption'], $image['credit'] === null ? null : "Foto: {$image['credit']}"]));
    return "<figure><picture><source type=\"image/webp\" srcset=\"{$set('webp')}\" sizes=\"$sizes\"><img src=\"" . e($base . $cuts[1]['jpeg']) . "\" srcset=\"{$set('jpeg')}\" sizes=\"$sizes\" alt=\""
        . e($image['alt']) . "\" width=\"{$cuts[1]['width']}\" height=\"{$cuts[1]['height']}\" loading=\"lazy\"></picture><figcaption>" . e($credit) . '</figcaption></figure>';
}

/** A day in the city's zone. */
function day(string $moment): string
{
    $local = (new DateTimeImmutable($moment))->setTimezone(new DateTimeZone('Asia/Makassar'));
    return '<time datetime="' . e($moment) . '">' . $local->format('j ') . MONTHS[(int) $local->format('n')] . $local->format(' Y') . '</time>';
}

/** The name above every page. While nothing answers, visitors do not wait for it as well. */
function site_name(int $status): string
{
    $agency = $status === 503 ? null : pull('/v1/agencies/' . SITE);
    return $agency['body']['data']['name'] ?? strtoupper(SITE);
}

function redirect(string $address, int $status): void
{
    header("Location: $address", true, $status);
}

function show(int $status, string $title, string $html, ?array $answer = null, ?string $canonical = null, bool $is_public = true): void
{
    $name = e(site_name($status));
    $nonce = base64_encode(random_bytes(12));
    http_response_code($status);
    header('Content-Type: text/html; charset=utf-8');
    header('Cache-Control: ' . ($status === 200 && $is_public ? 'public, max-age=' . ASK_AGAIN : 'no-store'));
    header('X-Content-Type-Options: nosniff');
    header('Content-Security-Policy: default-src \'none\'; img-src ' . ($answer['body']['meta']['media_base'] ?? "'none'") . "; style-src 'nonce-$nonce'; base-uri 'none'; form-action 'none'");
    $stale = $answer !== null && time() - $answer['as_of'] > 10 * ASK_AGAIN
        ? '<p class="over">Salinan ' . day(gmdate('c', $answer['as_of'])) . ': yang terbaru sedang tidak dapat diambil.</p>' : '';
    $link = $canonical === null ? '' : '<link rel="canonical" href="' . e($canonical) . '">';
    // Programs of subscribers find the feed of the channel by this.
    $link .= '<link rel="alternate" type="application/rss+xml" title="' . $name . '" href="'
        . e(($answer['body']['meta']['media_base'] ?? API) . '/v1/feeds/rss?channel=' . SITE) . '">';
    echo '<!doctype html><html lang="id"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>' . e($title) . '</title>'
        . $link . "<style nonce=\"$nonce\">body{font:1rem/1.6 system-ui,sans-serif;max-width:44rem;margin:auto;padding:1rem}img{max-width:100%;height:auto}figure{margin:1rem 0}"
        . 'ul{padding:0}li{list-style:none}.withdrawn{border-left:.3rem solid #b00;padding-left:1rem}.over,.carried,.credit,figcaption{color:#555}</style></head>'
        . '<body><header><a href="/">' . $name . '</a></header><main><h1>' . e($title) . "</h1>$stale$html</main></body></html>";
}

answer($_SERVER['REQUEST_METHOD'], (string) parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH), $_GET);
