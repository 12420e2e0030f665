package org.synapsegateway.http;

import java.util.Locale;

/**
 * A worker's reply: its head, and its body still to come.
 *
 * <p>It is the body of the Camel message behind {@code to: worker:...}, so a later step may ask it,
 * for instance {@code ${body.status}}, and may set or remove fields by setting headers. Confined to
 * one event loop, and valid until it has been sent.
 */
public final class Reply {
  private final ReplyHead head;
  private final BodySource body;
  private final String worker;

  public Reply(ReplyHead head, BodySource body, String worker) {
    this.head = head;
    this.body = body;
    this.worker = worker;
  }

  /** The head as it was sent. */
  public ReplyHead head() {
    return head;
  }

  /** The body as a stream. */
  public BodySource body() {
    return body;
  }

  /** The name of the worker that replied. */
  public String worker() {
    return worker;
  }

  /** The status code. */
  public int status() {
    return head.status();
  }

  /** The value of the first field with this name, or null. */
  public String field(String name) {
    return head.first(name.toLowerCase(Locale.ROOT));
  }

  @Override
  public String toString() {
    return "reply " + head.status() + " from " + worker;
  }
}
