// The providers' own SDKs of npm: `node npm_sdks.cjs MODULES SDK SECRET PORT...` sends one rich mail to each port, one after the other,
// and prints {"id"} or {"error"} a line: all that the SDK's error says, with the answer that it carries.
const [modules, sdk, secret, ...ports] = process.argv.slice(2);
const use = (name) => require(require.resolve(name, { paths: [modules] }));
const baseAt = (port) => `http://127.0.0.1:${port}`;
const logo = Buffer.from("89504e470d0a1a0a", "hex");
const terms = Buffer.from("%PDF\r\n");
const mail = { subject: "Grüße: your order", text: "hello\nyou", html: "<p>hello</p>" };
const SHOP = "Shop <shop@shop.example>", ANN = "Ann <ann@x.example>", CY = "cy@x.example", BLIND = "blind@x.example";
const HELP = "help@shop.example", HEADERS = { "X-Campaign": "spring" };

const sdks = {
  async "@sendgrid/mail"(port) {
    const { MailService } = use("@sendgrid/mail"), { Client } = use("@sendgrid/client");
    const client = new Client(), service = new MailService();
    client.setApiKey(secret);
    client.setDefaultRequest("baseUrl", baseAt(port));
    service.setClient(client);
    const file = (name, type, data, more) => ({ filename: name, type, content: data.toString("base64"), ...more });
    const [answer] = await service.send({
      ...mail, from: SHOP, to: ANN, cc: CY, bcc: BLIND, replyToList: [{ email: HELP }], headers: HEADERS,
      attachments: [
        file("logo.png", "image/png", logo, { disposition: "inline", content_id: "logo.png" }),
        file("terms.pdf", "application/pdf", terms, { disposition: "attachment" }),
      ],
    });
    return answer.headers["x-message-id"];
  },
  async resend(port) {
    const { Resend } = use("resend");
    const { data, error } = await new Resend(secret, { baseUrl: baseAt(port) }).emails.send({
      ...mail, from: SHOP, to: [ANN], cc: CY, bcc: BLIND, replyTo: HELP, headers: HEADERS,
      attachments: [
        { filename: "logo.png", contentType: "image/png", content: logo, contentId: "logo.png" },
        { filename: "terms.pdf", contentType: "application/pdf", content: terms },
      ],
    });
    if (error) throw Object.assign(new Error(error.message), error);
    return data.id;
  },
  async postmark(port) {
    const { ServerClient } = use("postmark");
    const answer = await new ServerClient(secret, { requestHost: `127.0.0.1:${port}`, useHttps: false }).sendEmail({
      From: SHOP, To: ANN, Cc: CY, Bcc: BLIND, ReplyTo: HELP, Subject: mail.subject, TextBody: mail.text, HtmlBody: mail.html,
      Headers: [{ Name: "X-Campaign", Value: "spring" }],
      Attachments: [
        { Name: "logo.png", ContentType: "image/png", Content: logo.toString("base64"), ContentID: "cid:logo.png" },
        { Name: "terms.pdf", ContentType: "application/pdf", Content: terms.toString("base64"), ContentID: null },
      ],
    });
    return answer.MessageID;
  },
  async "mailgun.js"(port) {
    const Mailgun = use("mailgun.js").default || use("mailgun.js");
    const client = new Mailgun(FormData).client({ username: "api", key: secret, url: baseAt(port) });
    const answer = await client.messages.create("shop.example", {
      ...mail, from: SHOP, to: [ANN], cc: CY, bcc: BLIND, "h:Reply-To": HELP, "h:X-Campaign": "spring",
      inline: [{ data: logo, filename: "logo.png", contentType: "image/png" }],
      attachment: [{ data: terms, filename: "terms.pdf", contentType: "application/pdf" }],
    });
    return answer.id;
  },
};

// An error's own words are no property that JSON shows.
const told = (error) => `${error.message} ${JSON.stringify({ ...error })} ${JSON.stringify(error.response?.body ?? "")}`;

(async () => {
  for (const port of ports) {
    const answer = await sdks[sdk](port).then((id) => ({ id }), (error) => ({ error: told(error) }));
    console.log(JSON.stringify(answer));
  }
})();
