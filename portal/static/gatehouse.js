/**
 * What the pages do in the browser. Everything works without it: forms are forms, lists are whole,
 * and an element that is kept fresh has a plain link to refresh the page.
 */
import { initAll } from "./govuk/govuk-frontend.min.js";
import { keepFresh } from "./gatehouse/fresh.js";
import { lookAhead } from "./gatehouse/live.js";
import { listenForKeys } from "./gatehouse/keys.js";
import { filterLists } from "./gatehouse/filter.js";
import { countTicks, selectAll } from "./gatehouse/select.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
keepFresh(document);
filterLists(document);
listenForKeys(document);
lookAhead(document);
selectAll(document);
countTicks(document);
