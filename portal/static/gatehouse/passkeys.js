/**
 * Ties allauth's passkey scripts to the forms of the page: `data-passkey` names the function for a form.
 * They are plain scripts that stand before this module, so they have run when it does.
 */
for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("#use-passkey").id;
  window.allauth.webauthn.forms[form.dataset.passkey]({
    ids: { add: button, authenticate: button, credential: form.elements.credential.id, data: "js_data" },
  });
}
// Somebody who cancels, or a device that refuses, is told of on the page.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("passkey-problem").hidden = false;
});
