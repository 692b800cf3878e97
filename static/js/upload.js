// Send a picture while the page stays, and say in words how far it is. What the server answers is what it
// would answer without this script: an address to go on to, or a page with what is wrong.
(() => {
  "use strict";
  const MEGABYTE = 1024 * 1024;
  const TRIES = 3; // when many send at once; each costs the sender the whole picture again
  const PAUSE = 5000; // milliseconds, longer each time

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.parts) return;
    event.preventDefault();
    const file = form.elements.picture.files[0];
    if (file && file.size > form.dataset.limit * MEGABYTE) say(form, form.dataset.heavy);
    else send(form, 1);
  });

  function send(form, turn) {
    const parts = form.dataset.parts.split("|");
    const button = form.querySelector(".acts button");
    const request = new XMLHttpRequest();
    const broken = () => { button.disabled = false; say(form, form.dataset.broken); };
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true"); // answered with an address instead of a redirect
    request.upload.addEventListener("progress", (sent) => {
      if (sent.lengthComputable) say(form, parts[Math.floor((sent.loaded / sent.total) * (parts.length - 1))]);
    });
    request.addEventListener("error", broken);
    request.addEventListener("abort", broken);
    request.addEventListener("load", () => {
      const next = request.getResponseHeader("HX-Redirect");
      if (next) location.assign(next);
      else if (request.status === 503 && turn <= TRIES) wait(form, turn);
      else show(request.responseText);
    });
    button.disabled = true;
    for (const wrong of form.querySelectorAll(".wrong")) wrong.remove();
    say(form, parts[0]);
    request.send(new FormData(form));
  }

  function wait(form, turn) {
    say(form, form.dataset.waiting);
    setTimeout(() => send(form, turn + 1), PAUSE * turn * (1 + Math.random()));
  }

  function show(page) {
    const main = new DOMParser().parseFromString(page, "text/html").querySelector("main");
    if (!main) return location.reload();
    document.querySelector("main").replaceWith(main);
    const first = main.querySelector("[autofocus]") || main.querySelector("h1");
    if (first.tagName === "H1") first.tabIndex = -1;
    first.focus();
    scrollTo(0, 0);
  }

  function say(form, words) {
    const line = form.querySelector("#sending");
    if (line.textContent !== words) line.textContent = words;
  }
})();
