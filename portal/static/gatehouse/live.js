/**
 * Shows what a choice comes to while it is made.
 *
 *   <form method="post" data-live="choosing"> ... </form>
 *   <div id="choosing" aria-live="polite"> ... </div>
 *
 * A little after each change the form is sent with `look`, which saves nothing, and the element with that id
 * is replaced by the one of the answer. Without this script the button "look" of the form does the same.
 */
const PAUSE = 500;

export function lookAhead(root) {
  for (const form of root.querySelectorAll("form[data-live]")) {
    let timer = 0;
    let asked = 0;
    form.addEventListener("change", () => {
      window.clearTimeout(timer);
      asked += 1;
      const mine = asked;
      timer = window.setTimeout(() => look(form, () => mine === asked), PAUSE);
    });
  }
}

async function look(form, isNewest) {
  const place = document.getElementById(form.dataset.live);
  if (!place) return;
  const content = new FormData(form);
  content.append("look", "1");
  try {
    const response = await fetch(form.action || window.location.href, {
      method: "POST",
      body: new URLSearchParams(content),
      credentials: "same-origin",
      headers: { "X-Requested-With": "gatehouse" },
    });
    // A form that is not right yet is told so when it is saved.
    if (!response.ok || response.redirected || !isNewest()) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById(form.dataset.live);
    if (fresh) place.innerHTML = fresh.innerHTML;
  } catch {
    // Offline: the last answer stays.
  }
}
