// Comfort only: every page works without this file.
"use strict";

// A response on its way to the application (OAuth 2.0 Form Post Response Mode).
for (const form of document.querySelectorAll("form[data-submit]")) {
  form.submit();
}

// Shows what was typed as password, and hides it again before it is sent.
for (const button of document.querySelectorAll("button[data-reveal]")) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    show(field.type === "password");
    field.focus();
  });
  field.form.addEventListener("submit", () => show(false));
}

// A second click does not decide twice.
for (const form of document.querySelectorAll("form[data-once]")) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) {
      event.preventDefault();
    }
    sent = true;
  });
  window.addEventListener("pageshow", () => {
    sent = false;
  });
}

// After logout: on, once every application was told, or after three seconds.
for (const link of document.querySelectorAll("a[data-follow]")) {
  const go = () => window.location.replace(link.href);
  window.addEventListener("load", go);
  window.setTimeout(go, 3000);
}
