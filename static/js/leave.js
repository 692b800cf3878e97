// Leave, faster than the link alone: it replaces this page in the tab's history, and Shift pressed
// three times does the same. Not Esc: that key stops a page from loading.
(() => {
  "use strict";
  // htmx writes the address of every page into session storage. On a shared phone nothing may stay.
  Storage.prototype.setItem = () => {};

  const WITHIN = 1500; // milliseconds, for all three presses
  const LINK = ".dado a[rel=noreferrer]";
  const leave = () => location.replace(document.querySelector(LINK).href);
  let presses = [];

  addEventListener("click", (event) => {
    if (!event.target.closest(LINK)) return;
    event.preventDefault();
    leave();
  });

  addEventListener("keydown", (event) => {
    if (event.key !== "Shift") presses = [];
    else if (!event.repeat) presses = [...presses.slice(-2), event.timeStamp];
    if (presses.length === 3 && event.timeStamp - presses[0] <= WITHIN) leave();
  });
})();
