// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.processor.loadbalancer.LoadBalancerSupport;
import org.apache.camel.support.ExchangeHelper;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.exchange.HttpMessage;
import org.synapsegateway.exchange.KeepsNoExchange;
import org.synapsegateway.exchange.SharedServices;
import org.synapsegateway.http.Failure;
import org.synapsegateway.identity.KeyKind;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.request.Request;
import org.synapsegateway.worker.WorkerEndpoint;
import org.synapsegateway.worker.WorkerException;
import org.synapsegateway.worker.WorkerListEndpoint;

/**
 * Sends the requests of one user to one worker, as nginx's {@code hash $mxid_localpart consistent}
 * does.
 *
 * <p>Each bean balances one {@code loadBalance} block, whose steps are {@code to: worker:...},
 * followed by at most one other step, {@code to: direct:...}. That step is the fallback: it takes
 * all requests while the block lists no worker, and those whose workers cannot be reached, unless
 * {@code fallback} is off. A request without key goes to the workers in turn. Where a worker cannot
 * take a request and asking another one does no harm, the request goes to the next worker on the
 * ring, to each worker once: nginx's {@code proxy_next_upstream error}. A drained worker gets no
 * new requests, unless no other worker can serve them. Safe for any thread.
 */
public final class ConsistentHash extends LoadBalancerSupport
    implements CamelContextAware, KeepsNoExchange {
  private String key = "user";
  private int points = HashRing.NGINX_POINTS;
  private double balanceFactor;
  private boolean fallback = true;

  @SuppressWarnings("NullAway.Init") // Camel sets it, before doInit()
  private CamelContext context;

  private final Runnable membersChanged = this::swap;
  private boolean complete;
  private volatile List<AsyncProcessor> steps = List.of();
  private volatile Block block;
  private volatile @Nullable String route;

  /**
   * What to balance by: {@code user}, {@code room}, {@code media}, {@code origin}, {@code
   * client-address}, {@code path}, {@code target}, or {@code language:expression}.
   *
   * @throws IllegalArgumentException if it is neither a name nor an expression
   */
  public void setKey(String key) {
    HashKey.check(key);
    this.key = key;
  }

  public String getKey() {
    return key;
  }

  /**
   * Points on the ring for each unit of a worker's weight; nginx has 160.
   *
   * @throws IllegalArgumentException if there would be none
   */
  public void setPoints(int points) {
    HashRing.check(points);
    this.points = points;
  }

  public int getPoints() {
    return points;
  }

  /**
   * The maximum number of requests in flight at a worker, as a multiple of the average of its
   * group; further requests go to the next worker on the ring. 0, as in nginx, for no limit. A
   * request is in flight until the head of its reply. Not for groups where a key must stay on one
   * worker.
   *
   * @throws IllegalArgumentException if it is below 1 and not 0
   */
  public void setBalanceFactor(double balanceFactor) {
    if (balanceFactor != 0) {
      BoundedLoad.check(balanceFactor);
    }
    this.balanceFactor = balanceFactor;
  }

  public double getBalanceFactor() {
    return balanceFactor;
  }

  /**
   * Whether the fallback takes requests whose workers are all down. Turn it off where only the
   * listed workers can serve the requests: then such a request fails, as it would without a
   * fallback.
   */
  public void setFallback(boolean fallback) {
    this.fallback = fallback;
  }

  public boolean isFallback() {
    return fallback;
  }

  /** The ring of this block's workers; without points if it lists none. */
  public HashRing ring() {
    return block.ring();
  }

  /** The workers of this block as members of its ring, by their place in YAML. */
  public List<HashRing.Member> members() {
    return block.workers().stream().map(Block::member).toList();
  }

  /** How many workers this block lists. */
  public int size() {
    return block.workers().size();
  }

  /** The workers that this block lists, in their order; the ring knows them by their place. */
  public List<WorkerEndpoint> workers() {
    return block.workers();
  }

  /**
   * The share of all keys that each worker has now; drained workers have none.
   *
   * @param gone returns whether a worker cannot be reached; it has no share
   */
  public double[] shares(Predicate<WorkerEndpoint> gone) {
    return block.shares(gone);
  }

  /** The endpoint of the step that is the fallback; null if there is none. */
  public @Nullable String fallbackUri() {
    Endpoint endpoint = block.fallback() == null ? null : Block.endpoint(block.fallback());
    return endpoint == null ? null : endpoint.getEndpointUri();
  }

  /** Whether another step takes the requests whose workers cannot be reached. */
  public boolean hasFallback() {
    return block.failover() != null;
  }

  /**
   * The order in which workers get requests with this key: first the worker that serves them, then
   * those that are tried if the ones before cannot take a request. The effect of a {@code
   * balanceFactor} is not included.
   *
   * @param key its bytes; none for the next request without key
   * @return their names; none if the block lists no worker
   */
  public List<String> order(byte... key) {
    return block.order(key);
  }

  @Override
  protected void doInit() throws Exception {
    super.doInit();
    steps = List.of(doGetProcessors());
    block = Block.of(this, steps);
    if (hasLists()) {
      lists().forEach(list -> list.listen(membersChanged));
      swap(); // in case a list has changed before the listener was added
    }
  }

  private List<WorkerListEndpoint> lists() {
    return steps.stream()
        .map(step -> WorkerListEndpoint.behind(Block.endpoint(step)))
        .filter(Objects::nonNull)
        .distinct()
        .toList();
  }

  /** Whether workers of this block come from lists that may change. */
  public boolean hasLists() {
    return !lists().isEmpty();
  }

  /**
   * Sends new requests to the changed workers; those in flight stay where they are.
   *
   * @throws IllegalArgumentException if they cannot be balanced, for instance because a list and a
   *     step of the block name the same worker; the previous ones stay
   */
  private synchronized void swap() {
    block = Block.of(this, steps);
    RingListener listener = SharedServices.of(context).get(RingListener.class);
    if (listener != null) {
      listener.changed();
    }
  }

  /**
   * Adds a step of the block. All steps of a block come before Camel sets the context; later ones
   * belong to another block.
   */
  @Override
  public void addProcessor(AsyncProcessor processor) {
    if (complete) {
      throw new IllegalArgumentException(
          "one ConsistentHash bean for two loadBalance blocks would mix their workers; give each"
              + " block a bean of its own");
    }
    super.addProcessor(processor);
  }

  @Override
  public void setCamelContext(CamelContext context) {
    this.context = context;
    complete = hasNext();
  }

  @Override
  public CamelContext getCamelContext() {
    return context;
  }

  @Override
  protected void doShutdown() throws Exception {
    super.doShutdown();
    lists().forEach(list -> list.ignore(membersChanged));
    // a route that is loaded again makes a new block with this bean
    complete = false;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Block now = block;
    Request request;
    Slice found;
    try {
      request = HttpMessage.request(exchange);
      request.reachedGroup(route(exchange));
      found = now.workers().isEmpty() ? Slice.EMPTY : now.key(exchange, request);
    } catch (RuntimeException e) {
      exchange.setException(e);
      callback.done(true);
      return true;
    }
    if (now.workers().isEmpty()) {
      return now.fallback() == null
          ? fail(exchange, callback)
          : now.fallback().process(exchange, callback);
    }
    Attempt attempt = new Attempt(now, exchange, request, callback);
    if (found == null) {
      attempt.beginWithUser();
    } else {
      request.trace().keyedBy(found.isEmpty() ? KeyKind.NONE : now.kind());
      attempt.begin(found);
    }
    return false;
  }

  private boolean fail(Exchange exchange, AsyncCallback callback) {
    String why =
        lists().stream()
            .map(list -> "no worker of " + list + " is known: " + list.failure())
            .collect(Collectors.joining("; "));
    exchange.setException(new WorkerException(Failure.WORKER_UNREACHABLE, why, true));
    callback.done(true);
    return true;
  }

  /** The route of this block, which is the same for all requests. */
  private String route(Exchange exchange) {
    if (route == null) {
      route = ExchangeHelper.getRouteId(exchange);
    }
    return route;
  }
}
