<?php
// A complete copy of what is published, kept with `/v1/sync`, in one SQLite file. PHP 8.1 or newer with `curl`, `pdo_sqlite`.
//
//   SIMPUL_API=https://simpul.example SIMPUL_KEY=smp_... php simpul_sync.php copy.db type=post,document channel=dishub
//
// SIMPUL_API is the address of your server. From a program: (new SimpulCopy('copy.db', $base, $key, ['channel' => 'dishub']))->refresh(), from cron each minute; item() and whyGone() to read.
// The rule is told at the top of simpul_sync.py: the state is stored with the lines, everything may come twice, 410 begins a new generation.
declare(strict_types=1);

/** The API will not answer this however often it is asked (a wrong key or filter): somebody has to look at it. */
class SimpulRefused extends RuntimeException
{
}

/** No answer after several attempts. The copy stays as it is, and goes on from there the next time. */
class SimpulNoAnswer extends RuntimeException
{
}

class SimpulCopy
{
    private const ATTEMPTS = 6;
    private const LONGEST_WAIT = 300.0;
    private const TABLES = '
        CREATE TABLE IF NOT EXISTS state (one INTEGER PRIMARY KEY CHECK (one = 1), filters TEXT NOT NULL, next TEXT NOT NULL, etag TEXT,
            generation INTEGER NOT NULL, is_whole INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS items (type TEXT, id TEXT, slug TEXT, digest TEXT NOT NULL, generation INTEGER NOT NULL, item TEXT NOT NULL,
            PRIMARY KEY (type, id));
        CREATE INDEX IF NOT EXISTS items_by_slug ON items (type, slug);
        CREATE TABLE IF NOT EXISTS gone (type TEXT, id TEXT, agency TEXT, slugs TEXT NOT NULL, explanation TEXT, target TEXT,
            generation INTEGER NOT NULL, PRIMARY KEY (type, id));';

    private PDO $db;
    private string $filters;

    public function __construct(string $file, private string $base, private string $key, array $filters, private int $page = 200)
    {
        ksort($filters);
        $this->filters = http_build_query($filters);
        $this->base = rtrim($base, '/');
        $this->db = new PDO("sqlite:$file", null, null, [PDO::ATTR_TIMEOUT => 60, PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC]);
        $this->db->exec('PRAGMA journal_mode=WAL');
        $this->db->exec(self::TABLES);
    }

    /** Take over everything that there is to tell now; the number of lines. */
    public function refresh(): int
    {
        for ($lines = 0, $isComplete = false; !$isComplete;) {
            [$address, $etag] = $this->state();
            [$status, $tag, $text] = $this->ask($address, $etag);
            $body = json_decode($text, true);
            if ($status === 304) {
                return $lines;
            }
            if ($status === 410 || ($status === 400 && ($body['code'] ?? '') === 'invalid_position')) {
                $this->begin($address);
            } elseif ($status !== 200) {
                $faults = array_map(fn (array $each): string => "\n  " . ($each['parameter'] ?? '') . ': ' . $each['detail'], $body['errors'] ?? []);
                throw new SimpulRefused("$status " . ($body['detail'] ?? '') . implode('', $faults));
            } elseif ($this->take($address, $text, $tag)) {
                [$lines, $isComplete] = [$lines + count($body['data']), $body['meta']['complete']];
            }
        }
        return $lines;
    }

    /** Whether the copy is what the server has; null while that has gone on meanwhile, or a copy is still being made. */
    public function isExact(): ?bool
    {
        $this->refresh();
        parse_str((string) parse_url($this->state()[0], PHP_URL_QUERY), $asked);
        [$status, , $text] = $this->ask('/v1/sync/checksum?' . http_build_query(['position' => $asked['position'] ?? '']), null);
        $answer = json_decode($text, true);
        if ($status !== 200 || !$answer['meta']['complete']) {
            return null;
        }
        $told = array_combine(array_column($answer['data'], 'type'), array_map(fn (array $row): array => [$row['count'], $row['hash']], $answer['data']));
        $found = array_map(fn (): array => [0, str_repeat("\0", 32)], $told);
        foreach ($this->run('SELECT type, id, digest FROM items') as $row) {
            [$count, $mixed] = $found[$row['type']] ?? [0, str_repeat("\0", 32)];
            $found[$row['type']] = [$count + 1, $mixed ^ hash('sha256', "{$row['id']}:{$row['digest']}", true)];
        }
        return array_map(fn (array $each): array => [$each[0], bin2hex($each[1])], $found) == $told;
    }

    /** Ask for everything again at the next refresh; what is here stays until then. */
    public function beginAnew(): void
    {
        $this->begin($this->state()[0]);
    }

    /** An item as its detail has it; of content that is `withdrawn` show the notice above it. */
    public function item(string $type, string $id): ?array
    {
        $found = $this->run('SELECT item FROM items WHERE type = ? AND id = ?', $type, $id)->fetchColumn();
        return $found === false ? null : json_decode($found, true);
    }

    /** What visitors of an address of something that was taken back are told: `explanation`, and where to look (`target`). */
    public function whyGone(string $type, string $agency, string $slug): ?array
    {
        foreach ($this->run('SELECT slugs, explanation, target FROM gone WHERE type = ? AND agency = ?', $type, $agency) as $row) {
            if (in_array($slug, json_decode($row['slugs'], true), true)) {
                return ['explanation' => $row['explanation'], 'target' => $row['target']];
            }
        }
        return null;
    }

    /** Where to go on; begins when there is nothing yet, or the filters are others. */
    private function state(): array
    {
        $found = $this->run('SELECT next, etag FROM state WHERE filters = ?', $this->filters)->fetch();
        return $found ? [$found['next'], $found['etag']] : [$this->begin(null), null];
    }

    /** A new generation, unless another process has gone on from the address meanwhile. */
    private function begin(?string $asked): string
    {
        $first = '/v1/sync?' . ($this->filters === '' ? '' : "{$this->filters}&") . "limit={$this->page}";
        $this->transaction(function () use ($asked, $first): void {
            $present = $this->run('SELECT next, generation FROM state')->fetch() ?: ['next' => null, 'generation' => 0];
            if ($asked === null || $present['next'] === $asked) {
                $this->run('INSERT OR REPLACE INTO state VALUES (1, ?, ?, NULL, ?, 0)', $this->filters, $first, $present['generation'] + 1);
            }
        });
        return $first;
    }

    /** Store a page and where it leads, in one transaction; false when another process was faster. */
    private function take(string $address, string $text, ?string $etag): bool
    {
        // Items stay objects: as arrays, empty objects could not be told from empty lists.
        [$page, $items] = [json_decode($text, true), array_column(json_decode($text)->data, 'item', 'id')];
        return $this->transaction(function () use ($address, $page, $items, $etag): bool {
            $present = $this->run('SELECT next, generation, is_whole FROM state')->fetch();
            if ($present['next'] !== $address) {
                return false;
            }
            foreach ($page['data'] as $line) {
                $this->apply($line, $items[$line['id']] ?? null, $present['generation']);
            }
            if ($page['meta']['complete'] && !$present['is_whole']) {
                $this->run('DELETE FROM items WHERE generation < ?', $present['generation']);
                $this->run('DELETE FROM gone WHERE generation < ?', $present['generation']);
            }
            // The tag belongs to the address that was asked: it stays the one to ask only when nothing was told.
            $next = $page['links']['next'];
            $isWhole = (int) ($present['is_whole'] || $page['meta']['complete']);
            $this->run('UPDATE state SET next = ?, etag = ?, is_whole = ?', $next, $next === $address ? $etag : null, $isWhole);
            return true;
        });
    }

    private function apply(array $line, ?object $object, int $generation): void
    {
        $key = [$line['type'], $line['id']];
        $this->run('DELETE FROM gone WHERE type = ? AND id = ?', ...$key);
        if ($line['op'] === 'upsert') {
            $item = json_encode($object, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION | JSON_THROW_ON_ERROR);
            $this->run('INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?, ?)', ...$key, ...[$line['item']['slug'] ?? null, $line['digest'], $generation, $item]);
            return;
        }
        $this->run('DELETE FROM items WHERE type = ? AND id = ?', ...$key);
        if ($line['op'] === 'delete' && $line['reason'] !== null) {
            $told = [$line['agency'], json_encode($line['slugs']), $line['explanation'], $line['to'], $generation];
            $this->run('INSERT INTO gone VALUES (?, ?, ?, ?, ?, ?, ?)', ...$key, ...$told);
        }
    }

    private function run(string $sql, mixed ...$values): PDOStatement
    {
        $statement = $this->db->prepare($sql);
        $statement->execute($values);
        return $statement;
    }

    private function transaction(callable $work): mixed
    {
        $this->db->exec('BEGIN IMMEDIATE');
        try {
            $result = $work();
        } catch (Throwable $error) {
            $this->db->exec('ROLLBACK');
            throw $error;
        }
        $this->db->exec('COMMIT');
        return $result;
    }

    /** Status, ETag and text of an answer that is one. Of an absolute address only path and query count, so the key goes to one server. */
    private function ask(string $address, ?string $etag): array
    {
        $path = parse_url($address, PHP_URL_PATH) . '?' . parse_url($address, PHP_URL_QUERY);
        for ($attempt = 0; ; $attempt++) {
            $found = [];
            $request = curl_init($this->base . $path);
            curl_setopt_array($request, [
                CURLOPT_HTTPHEADER => ["Authorization: Bearer {$this->key}", ...($etag ? ["If-None-Match: $etag"] : [])],
                CURLOPT_HEADERFUNCTION => function ($_, string $line) use (&$found): int {
                    [$name, $value] = explode(':', $line, 2) + [1 => ''];
                    $found[strtolower($name)] = trim($value);
                    return strlen($line);
                },
                CURLOPT_RETURNTRANSFER => true,
                CURLOPT_ENCODING => '',
                CURLOPT_TIMEOUT => 60,
            ]);
            $text = (string) curl_exec($request);
            $status = curl_errno($request) ? 0 : (int) curl_getinfo($request, CURLINFO_RESPONSE_CODE);
            $isAnswer = $status === 304 || (json_decode($text) !== null && $status > 0 && $status < 500 && !in_array($status, [408, 429], true));
            if ($isAnswer) {
                return [$status, $found['etag'] ?? null, $text];
            }
            if ($attempt === self::ATTEMPTS - 1) {
                throw new SimpulNoAnswer("$path: " . ($status ?: 'no answer'));
            }
            $seconds = ctype_digit($found['retry-after'] ?? '') ? (float) $found['retry-after'] : 2.0 ** $attempt;
            usleep((int) (1e6 * min(self::LONGEST_WAIT, $seconds) * (1 + random_int(0, 500) / 1000)));
        }
    }
}

if (PHP_SAPI === 'cli' && realpath($argv[0]) === __FILE__) {
    parse_str(implode('&', array_slice($argv, 2)), $filters);
    if (!getenv('SIMPUL_API') || !getenv('SIMPUL_KEY') || in_array('', $filters, true)) {
        fwrite(STDERR, "usage: SIMPUL_API=https://... SIMPUL_KEY=smp_... php simpul_sync.php [COPY [FILTER=VALUE ...]]\n");
        exit(2);
    }
    try {
        $copy = new SimpulCopy($argv[1] ?? 'copy.db', (string) getenv('SIMPUL_API'), (string) getenv('SIMPUL_KEY'), $filters, (int) (getenv('SIMPUL_PAGE') ?: 200));
        echo $copy->refresh(), " lines\n";
        if (getenv('SIMPUL_CHECK')) {
            // Differs twice: nothing of it was on its way.
            $copy->isExact() === false && $copy->isExact() === false && $copy->beginAnew();
            $copy->refresh();
        }
    } catch (SimpulRefused | SimpulNoAnswer $error) {
        fwrite(STDERR, $error->getMessage() . "\n");
        exit(1);
    }
}
