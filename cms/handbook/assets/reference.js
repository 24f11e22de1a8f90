// Starts the interactive reference. A file of its own, because the page allows no inline script.
"use strict";

(async () => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", follow);
  follow();

  const answer = await fetch("/openapi.json");
  const spec = await answer.json();
  // There is but this server: nothing to choose.
  delete spec.servers;
  for (const item of Object.values(spec.paths)) {
    for (const part of [item, ...Object.values(item)]) part.parameters?.forEach(showExampleInWords);
  }

  window.ui = SwaggerUIBundle({
    spec,
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
    syntaxHighlight: { activated: true, theme: "obsidian" },
  });

  // Every field of the dialog asks for the focus, and the last one gets it: the delivery key, which most people have, comes first.
  let dialog = null;
  new MutationObserver(() => {
    const shown = document.querySelector(".modal-ux");
    if (shown && shown !== dialog) requestAnimationFrame(() => shown.querySelector("input")?.focus());
    dialog = shown;
  }).observe(document.querySelector("#reference"), { childList: true, subtree: true });

  // Swagger UI sends examples as values: a filter that nobody chose would hide what the list has, and a header would refuse it.
  function showExampleInWords(parameter) {
    const example = parameter.example ?? parameter.schema?.example;
    if (example === undefined || parameter.required) return;
    delete parameter.example;
    delete parameter.schema?.example;
    parameter.description = `${parameter.description ?? ""}\n\nExample: \`${[example].flat().join(",")}\``;
  }
})();
