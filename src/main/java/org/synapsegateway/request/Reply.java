// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.ReplyHead;

/**
 * A worker's reply: its head, and its body still to come.
 *
 * <p>It is the body of the Camel message after {@code to: worker:...}, so a later step may ask it,
 * for instance {@code ${body.status}}. Confined to one event loop, and valid until it has been
 * sent; a {@link #copy} outlives it.
 */
public final class Reply {
  private final ReplyHead head;
  private final BodySource body;
  private final @Nullable String worker;
  private final @Nullable Tunnel tunnel;
  private byte @Nullable [] bytes;

  /** The way to the worker, where another protocol has taken over. */
  public interface Tunnel {
    /**
     * Opens it, once.
     *
     * @param client where bytes for the worker come from, to be paused when it takes none
     * @return takes bytes for the worker
     */
    BodySink open(BodySource client);
  }

  public Reply(ReplyHead head, BodySource body, @Nullable String worker) {
    this(head, body, worker, null);
  }

  /**
   * @param tunnel the way to the worker, if the reply switches protocols; else null
   */
  public Reply(ReplyHead head, BodySource body, @Nullable String worker, @Nullable Tunnel tunnel) {
    this.head = head;
    this.body = body;
    this.worker = worker;
    this.tunnel = tunnel;
  }

  /** The way to the worker; null if the reply does not switch protocols. */
  public @Nullable Tunnel tunnel() {
    return tunnel;
  }

  /** The head as it was sent. */
  public ReplyHead head() {
    return head;
  }

  /** The body as a stream. */
  public BodySource body() {
    return body;
  }

  /** The same reply for an exchange of its own; whichever reads the body first has it. */
  public Reply copy() {
    return new Reply(head.copy(), body, worker, tunnel);
  }

  /** The same reply, whose body has been read. */
  public Reply read(byte[] whole) {
    Reply read = copy();
    read.bytes = whole;
    return read;
  }

  /** Whether its body has been read, and is just this array. */
  @SuppressWarnings("ReferenceEquality")
  public boolean isRead(@Nullable Object body) {
    return bytes != null && bytes == body;
  }

  /** Cancels the body, unless it is that of the reply that is sent. */
  @SuppressWarnings("ReferenceEquality")
  void cancelUnless(@Nullable Reply sent) {
    if (sent == null || sent.body != body) {
      body.cancel();
    }
  }

  /** The name of the worker that replied; null if a route made the reply. */
  public @Nullable String worker() {
    return worker;
  }

  /** The status code. */
  public int status() {
    return head.status();
  }

  /** The value of the first field with this name, or null. */
  public @Nullable String field(String name) {
    return head.first(name.toLowerCase(Locale.ROOT));
  }

  @Override
  public String toString() {
    return "reply " + head.status() + " from " + worker;
  }
}
