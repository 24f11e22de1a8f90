<?php
// A search page of thirty lines for a website. SIMPUL_API is the address of the API, SIMPUL_KEY the key of the website, SIMPUL_AGENCY the
// slug of one agency if only its items are to be found. To try it: `php -S localhost:8001 search_page.php`. The guide tells more ("Search").
declare(strict_types=1);

$given = fn (string $name): string => is_string($_GET[$name] ?? null) ? $_GET[$name] : '';
$e = fn (mixed $text): string => htmlspecialchars((string) $text, ENT_QUOTES | ENT_SUBSTITUTE);
$link = fn (array $asked, string $words): string => '<p><a href="?' . $e(http_build_query($asked)) . '">' . $e($words) . '</a></p>';

$q = trim($given('q'));
$found = '';
if ($q !== '') {
    $asked = array_filter(['q' => $q, 'cursor' => $given('cursor'), 'agency' => (string) getenv('SIMPUL_AGENCY')], 'strlen');
    $headers = ['Authorization: Bearer ' . getenv('SIMPUL_KEY'), 'Accept-Language: id'];
    $context = stream_context_create(['http' => ['header' => $headers, 'timeout' => 5, 'ignore_errors' => true]]);
    $answer = json_decode((string) @file_get_contents(getenv('SIMPUL_API') . '/v1/search?' . http_build_query($asked), false, $context), true);
    foreach ($answer['data'] ?? [] as $hit) {
        // What is in `match` is HTML: everything in it is escaped but <mark>. All else is plain text.
        $found .= "<li><a href=\"{$e($hit['canonical_url'])}\">{$hit['match']['title']}</a> {$e($hit['agency']['name'])}<p>{$hit['match']['text']}</p></li>";
    }
    $total = $answer['meta']['total']['value'] ?? 0;
    $found = isset($answer['data']) ? "<p>$total hasil</p><ol>$found</ol>" : '<p>' . $e($answer['detail'] ?? 'Pencarian sedang terganggu.') . '</p>';
    $better = $answer['meta']['did_you_mean'] ?? null;
    $found .= $better === null ? '' : $link(['q' => $better], "Maksud Anda: $better?");
    parse_str((string) parse_url($answer['links']['next'] ?? '', PHP_URL_QUERY), $next);
    $found .= isset($next['cursor']) ? $link(['q' => $q, 'cursor' => $next['cursor']], 'Berikutnya') : '';
}
header("Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'");
echo '<!doctype html><html lang="id"><meta charset="utf-8"><title>Cari</title><main><form role="search"><input name="q" type="search" value="'
    . $e($q) . "\" aria-label=\"Cari\"><button>Cari</button></form>$found</main></html>";
