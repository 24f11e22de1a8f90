// Copy buttons, and the search in a page. Without this script everything can still be read.
"use strict";

(() => {
  const words = document.currentScript.dataset;
  addCopyButtons();
  addSearch(document.querySelector(".search"));

  function addCopyButtons() {
    for (const block of document.querySelectorAll("pre")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = words.copy;
      button.addEventListener("click", async () => {
        await copy(block.querySelector("code"));
        button.textContent = words.copied;
        setTimeout(() => (button.textContent = words.copy), 2000);
      });
      block.append(button);
    }
  }

  async function copy(code) {
    // Browsers have a clipboard on https and on this machine only; elsewhere the text is selected for the person to copy.
    if (navigator.clipboard) return navigator.clipboard.writeText(code.textContent);
    getSelection().selectAllChildren(code);
    document.execCommand("copy");
  }

  function addSearch(form) {
    if (!form) return;
    const input = form.querySelector("input");
    const found = form.querySelector("#found");
    let sections;
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      found.querySelector("a")?.click();
    });
    input.addEventListener("input", () => {
      sections ??= readSections();
      show(found, search(sections, input.value));
      found.hidden = !input.value.trim();
    });
    // On a small screen the table of contents would push the text away.
    if (matchMedia("(max-width: 60rem)").matches) document.querySelector(".contents details").open = false;
  }

  // The text below each heading, up to the next one.
  function readSections() {
    const sections = [];
    const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (/^H[1-6]$/.test(node.nodeName) && node.id) sections.push({ id: node.id, title: titleOf(node), text: "" });
      else if (node.nodeType === Node.TEXT_NODE && sections.length && !node.parentElement.closest(".anchor, .copy"))
        sections.at(-1).text += node.data + " ";
    }
    for (const section of sections) section.words = section.text.toLowerCase();
    return sections;
  }

  function titleOf(heading) {
    return [...heading.childNodes].filter((part) => part.className !== "anchor").map((part) => part.textContent).join("").trim();
  }

  // Sections with every word; those that have them in the title come first.
  function search(sections, asked) {
    const wanted = asked.toLowerCase().split(/\s+/).filter(Boolean);
    if (!wanted.length) return [];
    const has = (text) => wanted.every((word) => text.includes(word));
    const hits = sections.filter((section) => has(section.words));
    const rank = (section) => (has(section.title.toLowerCase()) ? 0 : 1);
    return hits.sort((one, other) => rank(one) - rank(other)).slice(0, 20).map((hit) => ({ ...hit, around: around(hit, wanted[0]) }));
  }

  function around(section, word) {
    const at = section.words.indexOf(word, section.title.length);
    return at < 0 ? "" : section.text.slice(Math.max(0, at - 40), at + 80).trim();
  }

  function show(found, hits) {
    const links = hits.map((hit) => {
      const link = document.createElement("a");
      link.href = `#${hit.id}`;
      link.textContent = hit.title;
      const text = document.createElement("small");
      text.textContent = hit.around;
      link.append(text);
      return link;
    });
    found.replaceChildren(...(links.length ? links : [found.dataset.nothing]));
  }
})();
