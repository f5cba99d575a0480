"use strict";
// Keeps ticks in this browser, copies values, counts down. Without it the page is still whole: nothing is fetched or sent.
(() => {
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const name = (tick) => "planewright-handoff:" + tick.dataset.tick;
  const storage = (use) => {
    // A browser may forbid storage to a file: ticks then last until the page is closed.
    try { return use(window.localStorage); } catch { return null; }
  };
  const ticks = all("input[data-tick]");
  const count = document.getElementById("count");
  const bar = document.getElementById("progress");

  const tell = () => {
    const done = ticks.filter((tick) => tick.checked).length;
    count.textContent = `${done} of ${ticks.length} done`;
    bar.value = done;
  };
  for (const tick of ticks) {
    tick.checked = storage((kept) => kept.getItem(name(tick))) === "1";
    tick.addEventListener("change", () => {
      storage((kept) => tick.checked ? kept.setItem(name(tick), "1") : kept.removeItem(name(tick)));
      tell();
    });
  }
  document.getElementById("clear").addEventListener("click", () => {
    if (!window.confirm("Clear every tick on this page?")) return;
    for (const tick of ticks) {
      tick.checked = false;
      storage((kept) => kept.removeItem(name(tick)));
    }
    tell();
  });

  const copied = (source) => {
    const range = document.createRange();
    range.selectNodeContents(source);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand("copy");
  };
  for (const button of all("button.copy")) {
    const source = button.parentElement.querySelector("[data-value]");
    const label = button.textContent;
    button.addEventListener("click", async () => {
      let done = false;
      try {
        await navigator.clipboard.writeText(source.textContent);
        done = true;
      } catch {
        done = copied(source); // where a page from a file has no clipboard of its own
      }
      button.textContent = done ? "Copied" : "Selected";
      window.setTimeout(() => { button.textContent = label; }, 2000);
    });
  }

  const remaining = () => {
    for (const until of all("time.until")) {
      const left = Date.parse(until.dateTime) - Date.now();
      const hours = Math.floor(left / 3600000);
      const text = hours >= 48 ? `${Math.floor(hours / 24)} days left` : `${hours} hours left`;
      until.nextElementSibling.textContent = left <= 0 ? "expired: ask the operator for a new request" : text;
    }
  };
  remaining();
  window.setInterval(remaining, 60000);

  // Paper has no way to open what is closed.
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    for (const details of closed) details.open = true;
  });
  window.addEventListener("afterprint", () => { for (const details of closed) details.open = false; });

  for (const element of all("button[hidden], .bar[hidden]")) element.hidden = false;
  tell();
})();
