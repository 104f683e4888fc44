package dev.culvert.http;

import org.apache.hc.core5.http.protocol.HttpContext;

/** Tells a call that its client has a connection and sends the request now. */
final class SendingNote {

  private static final String ATTRIBUTE = "dev.culvert.sending";

  private SendingNote() {}

  static void into(HttpContext context, Runnable sending) {
    context.setAttribute(ATTRIBUTE, sending);
  }

  static void tell(HttpContext context) {
    if (context.getAttribute(ATTRIBUTE) instanceof Runnable sending) {
      sending.run();
    }
  }
}
