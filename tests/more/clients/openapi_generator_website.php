<?php
// A website's own code with the PHP client that OpenAPI Generator makes. Composer would load the classes; here two lines do.
declare(strict_types=1);

use OpenAPI\Client\Api\DeliveryApi;
use OpenAPI\Client\ApiException;
use OpenAPI\Client\Configuration;
use OpenAPI\Client\Model\DeliveredPostCard;
use OpenAPI\Client\ObjectSerializer;

require getenv('GUZZLE');
spl_autoload_register(function (string $class): void {
    $path = getenv('CLIENT') . '/' . str_replace('\\', '/', substr($class, strlen('OpenAPI\\Client\\'))) . '.php';
    if (str_starts_with($class, 'OpenAPI\\Client\\') && is_file($path)) {
        require $path;
    }
});

$settings = (new Configuration())->setHost(getenv('SIMPUL_API'))->setAccessToken(getenv('SIMPUL_KEY'));
$api = new DeliveryApi(null, $settings);

$page = $api->listPosts(limit: 2, kind: ['berita', 'pengumuman']);
foreach ($page->getData() as $card) {
    echo $card->getTitle(), ' | ', $card->getAgency()->getShortName(), ' | ', $card->getPublishedAt()->format('Y'), "\n";
}

$first = $page->getData()[0];
$post = $api->readPost($first->getId(), include: ['agency'])->getData();
echo strlen($post->getBodyHtml()) > 0 ? 'text' : 'no text', ' ', $post->getAgency()->getContact()->getPhone() ?? '-', "\n";

foreach ($api->listDocuments(limit: 20, class: ['berkala'])->getData() as $card) {
    $document = $api->readDocument($card->getId())->getData();
    foreach ($document->getFiles() as $file) {
        $bytes = $api->downloadDocumentFile($document->getId(), $file->getId());
        echo $document->getTitle(), ' ', $bytes->getSize() === $file->getBytes() ? 'whole' : 'broken', "\n";
        break 2;
    }
}

$items = $api->listItems([$first->getId()]);
echo $items->getData()[0]->getType(), ' ', count($items->getMeta()->getMissing()), "\n";
echo $api->listAgencies(kind: ['dinas'])->getData()[0]->getName(), "\n";
echo implode(',', $api->readWhoami()->getData()->getScopes()), "\n";

try {
    $api->readPost('019ac1a0-7c00-7000-8000-000000000009');
} catch (ApiException $none) {
    echo $none->getCode(), ' ', $none->getResponseObject()->getCode(), "\n";
}

// A later version of the server: a new field, a word that nobody knows.
$later = json_decode((string) json_encode(ObjectSerializer::sanitizeForSerialization($first)));
$later->kind = 'podcast';
$later->later = ['more' => 1];
echo ObjectSerializer::deserialize($later, DeliveredPostCard::class)->getKind(), "\n";
