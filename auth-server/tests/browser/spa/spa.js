// A single-page application as oidc-client-ts wants it: code + PKCE, silent renewal, logout. Each button
// ends with a word in #word: what was done, or why it was not.

const here = location.origin;
const manager = new oidc.UserManager({
  authority: "http://localhost:8080",
  client_id: "spa",
  scope: "openid profile email offline_access jobs:read",
  redirect_uri: `${here}/callback`,
  silent_redirect_uri: `${here}/silent`,
  post_logout_redirect_uri: `${here}/goodbye`,
  loadUserInfo: true,
  automaticSilentRenew: false,
});

const show = (id, text) => {
  document.getElementById(id).textContent = text;
};

async function present(word) {
  const user = await manager.getUser();
  show("who", user?.profile.email ?? "nobody");
  show("token", user?.access_token ?? "");
  show("word", word);
}

async function attempt(name, deed) {
  show("word", "");
  try {
    await deed();
    await present(name);
  } catch (error) {
    show("word", `${name} failed: ${error}`);
  }
}

const arrivals = {
  "/callback": ["logged in", () => manager.signinRedirectCallback()],
  "/silent": ["answered the frame", () => manager.signinSilentCallback()],
  "/goodbye": ["logged out", () => manager.signoutRedirectCallback()],
};
const [word, deed] = arrivals[location.pathname] ?? ["opened", () => {}];
attempt(word, deed);

const buttons = {
  login: () => manager.signinRedirect(),
  "renew-by-token": () => manager.signinSilent(),
  "renew-by-frame": () => manager.signinSilent({ forceIframeAuth: true }),
  logout: () => manager.signoutRedirect(),
};
for (const [id, deed] of Object.entries(buttons)) {
  document.getElementById(id).addEventListener("click", () => attempt(id, deed));
}
