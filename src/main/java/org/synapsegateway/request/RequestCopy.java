// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.NoBody;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.http.RequestIdField;

/**
 * A copy of a request for another exchange: of wireTap, multicast, split or seda. Its head is the
 * one that the request had when it was copied.
 *
 * <p>The body belongs to the exchange that the client's request came in. A copy gets the same bytes
 * if they are few enough to be kept. Any thread may read the head; all else is confined to the
 * event loop of the request.
 */
public final class RequestCopy extends Request {
  private static final byte[] NOTHING = {};

  private final Request origin;

  /** Called when it is known whether this copy gets the body; null if nothing waits for that. */
  private @Nullable Consumer<RequestCopy> waiting;

  /** The body; null as long as it is not whole, and if it is too large to be kept. */
  private byte @Nullable [] bytes;

  private boolean settled;
  private boolean shares;
  private boolean large;
  private boolean passes;
  private boolean mirror;

  /** Whether a wireTap has made it, or what it is a copy of. */
  private volatile boolean tap;

  /** Whether it counts as the client's request. */
  private boolean acts;

  /** Whether the exchange of this copy has put a body of its own into it. */
  private boolean replaced;

  RequestCopy(Request of) {
    super(
        of.present().copy(),
        of.client(),
        of.loop(),
        NoBody.INSTANCE,
        interim -> {},
        Trace.unobserved(of.loop()));
    this.origin = of.origin();
    this.settled = !of.head().hasBody();
    if (of instanceof RequestCopy copy && copy.settled) {
      bytes = copy.bytes;
      settled = true;
    }
    mirror = of instanceof RequestCopy copy && copy.mirror;
    tap = of instanceof RequestCopy copy && copy.tap;
    if (of.isRewritten()) {
      rewrite(head());
    }
    if (of.isOwn()) {
      own();
    }
    cameTo(of.listener());
    matches(of.matches());
    fairnessKey(of.fairnessKey());
    hurry(of.hurries());
  }

  /** The client's own request. */
  @Override
  public Request origin() {
    return origin;
  }

  /**
   * Gives this copy the bytes of the body when all have come. Safe for any thread.
   *
   * @param memory the memory that they may take
   */
  public void share(ReplayBudget memory) {
    if (loop().eventLoop().inEventLoop()) {
      shareHere(memory);
    } else {
      loop().eventLoop().execute(() -> shareHere(memory));
    }
  }

  private void shareHere(ReplayBudget memory) {
    if (settled) {
      return;
    }
    shares = true;
    large = head().contentLength() > memory.maxOfOne();
    if (large) {
      settle(null);
    } else {
      origin.body().share(memory, this::settle);
    }
  }

  private void settle(byte @Nullable [] body) {
    bytes = body;
    settled = true;
    Consumer<RequestCopy> next = waiting;
    waiting = null;
    if (next != null) {
      next.accept(this);
    }
  }

  /**
   * Prepares the copy for a worker whose reply may be the client's. It counts as the client's
   * request, and ends with it. A body that is too large to be kept goes to the first copy that asks
   * for it.
   *
   * @param next runs when it is known whether there is a body
   */
  public void actForClient(Consumer<RequestCopy> next) {
    mirror = false;
    acts = true;
    trace(origin.trace());
    origin.companions().add(this);
    boolean mayPass = origin.body().canStart() && !origin.body().isTaken();
    if (!replaced
        && bytes == null
        && head().hasBody()
        && (settled || head().contentLength() < 0 && mayPass)) {
      passes = mayPass;
      waiting = null;
      next.accept(this);
      return;
    }
    prepare(next);
    if (waiting != null) {
      if (origin.body().isUnread()) {
        origin.expectBody();
      }
      origin.body().pull();
    }
  }

  /**
   * Prepares the copy for a worker whose reply is not awaited. It never starts to read the client's
   * body.
   *
   * @param next runs when it is known whether there is a body
   */
  public void mirror(Consumer<RequestCopy> next) {
    mirror = true;
    prepare(next);
  }

  private void prepare(Consumer<RequestCopy> next) {
    if (settled || replaced || !shares) {
      next.accept(this);
    } else {
      waiting = next;
    }
  }

  /**
   * Marks it as the request of a wireTap, for which the client does not wait. Safe for any thread.
   */
  public void tap() {
    tap = true;
  }

  /** Whether it is for a wireTap. Safe for any thread. */
  public boolean isTap() {
    return tap;
  }

  /** Whether its reply is not awaited. */
  public boolean isMirror() {
    return mirror;
  }

  /** Whether it is the one exchange that the client's body streams to. */
  public boolean hasClientsBody() {
    return passes;
  }

  /**
   * Takes the bytes for its body, and returns them.
   *
   * @throws HttpException if there is a body, but not for this copy
   */
  public byte[] takeBody() throws HttpException {
    if (!head().hasBody() || passes || replaced) {
      return NOTHING;
    }
    if (bytes == null && origin.body().lacksMemory()) {
      throw new HttpException(Failure.OVERLOADED, "no memory is left for copies of bodies");
    }
    if (bytes == null) {
      boolean small = head().contentLength() >= 0 && !large;
      throw new HttpException(
          small ? Failure.ROUTE_FAILED : Failure.BODY_TOO_LARGE,
          "the request's body is larger than gateway.replay-max, or another exchange or worker has"
              + " had it; put \"to: body:read\" before the steps that need it twice");
    }
    super.replaceBody(bytes);
    return bytes;
  }

  @Override
  public void replaceBody(byte[] body) throws HttpException {
    replaced = true;
    passes = false;
    super.replaceBody(body);
  }

  @Override
  public RequestBody body() {
    return passes ? origin.body() : super.body();
  }

  @Override
  public boolean isAbandoned() {
    return !mirror && origin.isAbandoned();
  }

  /** The same as the client's, so that the logs of a mirror name it too. */
  @Override
  public @Nullable RequestIdField idField() {
    return origin.idField();
  }

  @Override
  public @Nullable String id() {
    return origin.id();
  }

  /** Only a worker that reads the client's body has something to say to the client meanwhile. */
  @Override
  public void interimReply(ReplyHead interim) {
    if (passes) {
      origin.interimReply(interim);
    }
  }

  @Override
  public boolean hasGroup() {
    return acts ? origin.hasGroup() : super.hasGroup();
  }

  @Override
  public String group() {
    return acts ? origin.group() : super.group();
  }

  @Override
  public void reachedGroup(@Nullable String route) {
    if (acts) {
      origin.reachedGroup(route);
    } else {
      super.reachedGroup(route);
    }
  }

  @Override
  public void asks(Map<String, Object> fields) {
    origin.asks(fields);
  }

  @Override
  public void putBack() {
    origin.putBack();
  }

  @Override
  public void obtained(Reply obtained) {
    if (!mirror) {
      origin.obtained(obtained);
    }
  }
}
