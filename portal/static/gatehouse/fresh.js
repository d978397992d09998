/**
 * Keeps an element fresh while a job runs.
 *
 *   <div id="job" data-poll-url="/extracts/12/" data-poll-seconds="3" data-poll-then="reload">
 *     ... <a class="govuk-link gh-poll-fallback" href="">Refresh</a>
 *   </div>
 *
 * The address gives HTML that holds an element with the same id (the page itself will do). Its content
 * replaces the old one, unless nothing changed, so that a screen reader hears only news. When the new
 * element has no data-poll-url the work is over: asking stops, and data-poll-then="reload" loads the
 * page again, so that what stands elsewhere on it is fresh too.
 */
const LONGEST_PAUSE = 60;

export function keepFresh(root) {
  for (const element of root.querySelectorAll("[data-poll-url]")) {
    element.classList.add("gh-polling");
    if (!element.hasAttribute("aria-live")) element.setAttribute("aria-live", "polite");
    schedule(element, secondsOf(element));
  }
}

function secondsOf(element) {
  return Math.max(1, Number(element.dataset.pollSeconds) || 5);
}

function schedule(element, seconds) {
  window.setTimeout(() => refresh(element, seconds), seconds * 1000);
}

async function refresh(element, seconds) {
  if (!element.isConnected) return;
  if (document.hidden) {
    schedule(element, seconds);
    return;
  }
  const answer = await ask(element);
  if (answer === "stop") {
    stop(element);
  } else if (answer === null) {
    schedule(element, Math.min(seconds * 2, LONGEST_PAUSE));
  } else {
    renew(element, answer);
    if (answer.dataset.pollUrl) schedule(element, secondsOf(element));
    else finish(element);
  }
}

/** The new element; null to try again later; "stop" when this person is no longer let in. */
async function ask(element) {
  try {
    const response = await fetch(element.dataset.pollUrl, {
      credentials: "same-origin",
      headers: { "X-Requested-With": "gatehouse" },
    });
    if (response.redirected || (response.status >= 400 && response.status < 500 && response.status !== 429)) return "stop";
    if (!response.ok) return null;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.getElementById(element.id) || "stop";
  } catch {
    return null;
  }
}

function renew(element, fresh) {
  if (fresh.dataset.pollUrl) {
    element.dataset.pollUrl = fresh.dataset.pollUrl;
    element.dataset.pollSeconds = fresh.dataset.pollSeconds || "";
  }
  if (element.innerHTML === fresh.innerHTML) return;
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  element.innerHTML = fresh.innerHTML;
  if (focused) document.getElementById(focused)?.focus();
}

function stop(element) {
  delete element.dataset.pollUrl;
  element.classList.remove("gh-polling");
}

function finish(element) {
  const then = element.dataset.pollThen;
  stop(element);
  if (then === "reload") window.location.reload();
}
