// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import io.netty.channel.EventLoop;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.identity.SyncCost;
import org.synapsegateway.identity.UserKey;
import org.synapsegateway.request.Reply;
import org.synapsegateway.request.Request;
import org.synapsegateway.worker.WorkerException;

/**
 * Sends one request to the workers of a block, one after the other, until one replies; nearly
 * always the first does.
 *
 * <p>It asks the next worker through Camel's reactive executor: however many workers fail at once,
 * the stack does not grow.
 */
final class Attempt extends RingWalk implements AsyncCallback {
  private final Block block;
  private final Exchange exchange;
  private final Request request;
  private final AsyncCallback callback;
  private final int cost;
  private boolean sentTwice;

  Attempt(Block block, Exchange exchange, Request request, AsyncCallback callback) {
    super(block.ring(), block.turns(), block.drained());
    this.block = block;
    this.exchange = exchange;
    this.request = request;
    this.callback = callback;
    this.cost = block.load() == null ? 0 : SyncCost.of(request.head());
  }

  /** Begins as soon as the user is known; Synapse may have to be asked. */
  void beginWithUser() {
    RequestHead head = request.head();
    if (block.users() == null || isQuestion()) {
      begin(Slice.of(head.bytes(), UserKey.find(head)));
      return;
    }
    if (block.workers().size() == 1) {
      begin(
          block.users().findKnown(request)); // only so that users take turns in the worker's queue
      return;
    }
    EventLoop loop = request.loop().eventLoop();
    if (!loop.inEventLoop()) {
      loop.execute(this::beginWithUser);
      return;
    }
    Slice user = block.users().find(request, loop, this::begin);
    if (user != null) {
      begin(user);
    }
  }

  /** Whether this is the gateway's own request that asks Synapse for the user of a token. */
  private boolean isQuestion() {
    return exchange.getProperty(WorkerWhoAmI.QUESTION) != null;
  }

  void begin(Slice key) {
    if (block.watch() != null && !isQuestion()) {
      block.watch().found(block.bean(), exchange, key);
    }
    request.fairnessKey(key.hashCode());
    int first = block.load() == null ? first(key) : firstWithRoom(key, block.load());
    request.trace().keyHash(hash());
    if (hasPassedOver()) {
      request.trace().spilled();
    }
    if (first >= 0) {
      send(first);
    } else if (block.failover() != null) {
      request.trace().sentToFallback();
      block.failover().process(exchange, callback);
    } else {
      send(nextDrained()); // all are drained, and no other step may take the request
    }
  }

  private void send(int member) {
    if (block.load() != null) {
      block.load().begin(member, cost);
    }
    block.processors().get(member).process(exchange, this);
  }

  @Override
  public void done(boolean doneSync) {
    if (block.load() != null) {
      block.load().end(member(), cost);
    }
    if (exchange.getException() instanceof WorkerException failed && failed.mayTryNext()) {
      int next = nextAfter(failed);
      if (next >= 0) {
        Failures.forget(exchange);
        exchange
            .getContext()
            .getCamelContextExtension()
            .getReactiveExecutor()
            .schedule(() -> send(next));
        return;
      }
      if (block.failover() != null && !isDropped(failed)) {
        Failures.forget(exchange);
        request.trace().sentToFallback();
        block.failover().process(exchange, callback);
        return;
      }
    } else if (block.users() != null
        && exchange.getMessage().getBody() instanceof Reply reply
        && reply.status() == 401) {
      block.users().refused(request.head());
    }
    callback.done(false);
  }

  /** The worker that is asked next; -1 for none. */
  private int nextAfter(WorkerException failed) {
    if (staysWith(failed)) {
      return member();
    }
    int next = next();
    boolean isLastResort = next < 0 && block.failover() == null && !isDropped(failed);
    return isLastResort ? nextDrained() : next;
  }

  /**
   * A request that all workers have dropped may be the reason why they died, so nobody else gets
   * it.
   */
  private boolean isDropped(WorkerException failed) {
    return sentTwice || failed.failure() != Failure.WORKER_UNREACHABLE;
  }

  /**
   * Whether the same worker gets a request again that was in flight when its process ended: no
   * other worker can serve it, and requests wait for the worker's next process.
   */
  private boolean staysWith(WorkerException failed) {
    boolean held = block.workers().get(0).getHold() > 0 && !request.hurries();
    boolean alone = block.workers().size() == 1 && held;
    boolean stays = alone && !sentTwice && failed.failure() == Failure.WORKER_CLOSED;
    sentTwice |= stays;
    return stays;
  }
}
