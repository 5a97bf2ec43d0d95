// The providers' own SDKs of npm: `node npm_sdks.cjs MODULES SDK PORT SECRET` sends one rich mail and prints {"id"} or {"error"}.
const [modules, sdk, port, secret] = process.argv.slice(2);
const use = (name) => require(require.resolve(name, { paths: [modules] }));
const base = `http://127.0.0.1:${port}`;
const logo = Buffer.from("89504e470d0a1a0a", "hex");
const terms = Buffer.from("%PDF\r\n");
const mail = { subject: "Grüße: your order", text: "hello\nyou", html: "<p>hello</p>" };
const SHOP = "Shop <shop@shop.example>", ANN = "Ann <ann@x.example>", CY = "cy@x.example", BLIND = "blind@x.example";
const HELP = "help@shop.example", HEADERS = { "X-Campaign": "spring" };

const sdks = {
  async "@sendgrid/mail"() {
    const { MailService } = use("@sendgrid/mail"), { Client } = use("@sendgrid/client");
    const client = new Client(), service = new MailService();
    client.setApiKey(secret);
    client.setDefaultRequest("baseUrl", base);
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
  async resend() {
    process.env.RESEND_BASE_URL = base;
    const { Resend } = use("resend");
    const { data, error } = await new Resend(secret).emails.send({
      ...mail, from: SHOP, to: [ANN], cc: CY, bcc: BLIND, replyTo: HELP, headers: HEADERS,
      attachments: [
        { filename: "logo.png", contentType: "image/png", content: logo, contentId: "logo.png" },
        { filename: "terms.pdf", contentType: "application/pdf", content: terms },
      ],
    });
    if (error) throw new Error(`${error.name}: ${error.message}`);
    return data.id;
  },
  async postmark() {
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
  async "mailgun.js"() {
    const Mailgun = use("mailgun.js").default || use("mailgun.js");
    const client = new Mailgun(FormData).client({ username: "api", key: secret, url: base });
    const answer = await client.messages.create("shop.example", {
      ...mail, from: SHOP, to: [ANN], cc: CY, bcc: BLIND, "h:Reply-To": HELP, "h:X-Campaign": "spring",
      inline: [{ data: logo, filename: "logo.png", contentType: "image/png" }],
      attachment: [{ data: terms, filename: "terms.pdf", contentType: "application/pdf" }],
    });
    return answer.id;
  },
};

sdks[sdk]().then(
  (id) => console.log(JSON.stringify({ id })),
  (error) => console.log(JSON.stringify({ error: `${error.status || error.code || error.statusCode || ""} ${error.message}` })),
);
