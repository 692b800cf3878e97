// What is kept of the guide on this phone: for the page that turns it on and off, and for the worker that answers with
// it. Everything is asked for without cookies, so that only what anyone may read signed out ever comes in.
// One cache is one version in one language; the list, put in last, says that it is whole.
"use strict";

const LIST = "/guide/keep.json";

const kept = {
  // The version that is whole, or nothing. Opens no cache: opening would make one.
  async whole() {
    for (const name of (await caches.keys()).reverse()) {
      const list = await caches.match(LIST, { cacheName: name });
      if (list) return { name, wish: wishIn(name), on: list.headers.get("Date"), list: await list.json() };
    }
    return null;
  },

  async isAnythingHere() {
    return (await caches.keys()).length > 0;
  },

  find(whole, address) {
    return caches.match(address, { cacheName: whole.name });
  },

  // Bring in the version that the portal has now; what came earlier of it is not asked for again. Until it is whole,
  // the one before it stays. `wish` is null where only what is kept already shall be renewed.
  renew(wish, { several = 1, fresh = false, tell = () => {}, signal } = {}) {
    return alone(async () => {
      const before = await kept.whole();
      wish = wish || (before && before.wish);
      if (!wish) return;
      const answer = await ask(LIST, wish, { signal, cache: fresh ? "no-cache" : "default" });
      const list = await answer.clone().json();
      if (!list.paths.length) return keepOnly([]); // the guide is no longer for everyone
      const name = nameOf(wish, list.fingerprint);
      if (before && before.name === name) return;
      await keepOnly([name, before && before.name]);
      try {
        const cache = await caches.open(name);
        await fill(cache, { name, list, wish, before, several, tell, signal });
        await cache.put(LIST, answer);
      } catch (error) {
        if (error.name === "QuotaExceededError") await caches.delete(name);
        throw error;
      }
      await keepOnly([name]);
    });
  },

  // All of it, at once; and once more when whoever was still bringing something in has noticed.
  async forget() {
    await keepOnly([]);
    await alone(() => keepOnly([]));
  },
};

function nameOf(wish, fingerprint) {
  return ["guide", wish.language, wish.letters, fingerprint].join(" ");
}

function wishIn(name) {
  const [, language, letters] = name.split(" ");
  return { language, letters };
}

async function keepOnly(names) {
  for (const name of await caches.keys()) if (!names.includes(name)) await caches.delete(name);
}

// A page and three workers may want the same at once.
function alone(act) {
  return navigator.locks ? navigator.locks.request("guide", act) : act();
}

async function ask(path, wish, given = {}) {
  const headers = { "Accept-Language": wish.language, "X-Keep": wish.letters };
  const answer = await fetch(path, { credentials: "omit", redirect: "error", headers, ...given });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

// A few at a time: a small computer in somebody's home answers, and others are reading there.
async function fill(cache, { name, list, wish, before, several, tell, signal }) {
  const waiting = [...list.paths];
  const same = unchanged(before, wish);
  let done = 0;
  let failed = false;
  const one = async ([path, mark]) => {
    if (!(await caches.has(name))) throw new DOMException("taken away", "AbortError");
    if (!(await cache.match(path))) {
      const old = same.get(path) === mark && (await kept.find(before, path));
      await cache.put(path, old || (await ask(path, wish, { signal })));
    }
    done += 1;
    tell(done, list.paths.length);
  };
  const go = async () => {
    while (waiting.length && !failed) {
      if (signal && signal.aborted) throw new DOMException("stopped", "AbortError");
      await one(waiting.shift()).catch((error) => { failed = true; throw error; });
    }
  };
  await Promise.all(Array.from({ length: several }, go));
}

function unchanged(before, wish) {
  const alike = before && nameOf(before.wish, "") === nameOf(wish, "");
  return new Map(alike ? before.list.paths : []);
}
