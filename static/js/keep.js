// Keep the guide on this phone: turn it on, say in words how far it is, stop, go on, take it away.
(() => {
  "use strict";
  const EVERY = 10; // pages between two words on how far it is
  const SEVERAL = 2; // pages at a time
  const DAY_FIRST = { en: "en-GB" }; // as the portal says its dates
  const able = navigator.serviceWorker && window.caches;
  const box = document.querySelector("#keeping");
  if (!able) return;
  if (!box) return unregister().then(kept.forget); // the guide is no longer for everyone
  const said = box.querySelector("[role=status]");
  const button = (name) => box.querySelector(`[data-do=${name}]`);
  const wish = { language: document.documentElement.lang, letters: box.dataset.letters };
  const scopes = box.dataset.scopes.split(" ");
  let stopping = null;

  document.querySelector("#cannot").hidden = true;
  box.hidden = false;
  box.addEventListener("click", (event) => {
    const act = { keep, stop, again: keep, remove }[event.target.dataset.do];
    if (act) act().catch(explain);
  });
  look().catch(explain);

  async function keep() {
    stopping = new AbortController();
    show("stop");
    say("begun");
    try {
      await kept.renew(wish, { several: SEVERAL, fresh: true, tell, signal: stopping.signal });
      await register();
    } finally {
      stopping = null;
    }
    await look();
  }

  async function stop() {
    if (stopping) stopping.abort();
  }

  async function remove() {
    await unregister();
    await kept.forget();
    await unregister(); // one that another tab began meanwhile
    show("keep");
    say("removed");
    button("keep").focus();
  }

  async function register() {
    for (const scope of scopes) await navigator.serviceWorker.register(box.dataset.worker, { scope });
  }

  async function unregister() {
    for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
  }

  // What stands here now, in words. What was kept once and has lost its worker gets it back.
  async function look() {
    const whole = await kept.whole();
    if (!whole) return rest();
    const workers = await navigator.serviceWorker.getRegistrations();
    if (workers.length < scopes.length) await register();
    const same = whole.wish.language === wish.language && whole.wish.letters === wish.letters;
    show("remove", ...(same ? [] : ["again"]));
    const day = new Date(whole.on).toLocaleDateString(DAY_FIRST[wish.language] || wish.language, { dateStyle: "long" });
    say("whole", { day });
    if (same) await kept.renew(null, { fresh: true }).catch(() => {}); // without a network, what is kept stays
  }

  // A worker that has nothing to answer with goes, too.
  async function rest() {
    await unregister();
    if (await kept.isAnythingHere()) {
      show("keep", "remove");
      say("stopped");
    } else {
      show("keep");
      say("nothing");
    }
  }

  async function explain(error) {
    if (error.name === "AbortError") return look();
    const names = { QuotaExceededError: "full", SecurityError: "blocked", TypeError: "network" };
    const whole = await kept.whole().catch(() => null);
    const here = await kept.isAnythingHere().catch(() => false);
    show(...(whole ? ["again", "remove"] : here ? ["keep", "remove"] : ["keep"]));
    say(names[error.name] || "network");
  }

  function show(...names) {
    const focused = box.contains(document.activeElement);
    for (const one of box.querySelectorAll("button")) one.hidden = !names.includes(one.dataset.do);
    if (focused) button(names[0]).focus();
  }

  function tell(done, all) {
    if (stopping && done % EVERY === 0) say("progress", { done, all });
  }

  function say(name, facts = {}) {
    let words = box.dataset[name];
    for (const [fact, value] of Object.entries(facts)) words = words.replace(`{${fact}}`, value);
    if (said.textContent !== words) said.textContent = words;
  }
})();
