// Starts the interactive reference. A file of its own, because the page allows no inline script.
"use strict";

window.addEventListener("load", () => {
  window.ui = SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#reference",
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    deepLinking: true,
    docExpansion: "none",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    filter: true,
    tryItOutEnabled: true,
    // Nothing is sent to another host, and no token is kept when the page is closed.
    validatorUrl: null,
    persistAuthorization: false,
    syntaxHighlight: { activated: true, theme: "agate" },
  });
});
