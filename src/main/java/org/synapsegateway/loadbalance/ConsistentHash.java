package org.synapsegateway.loadbalance;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Channel;
import org.apache.camel.DelegateProcessor;
import org.apache.camel.Endpoint;
import org.apache.camel.EndpointAware;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Processor;
import org.apache.camel.processor.loadbalancer.LoadBalancerSupport;
import org.synapsegateway.http.Request;
import org.synapsegateway.worker.WorkerEndpoint;
import org.synapsegateway.worker.WorkerException;

/**
 * Sends the requests of one user to one worker, as nginx's {@code hash $mxid_localpart consistent}
 * does.
 *
 * <p>Each bean balances one {@code loadBalance} block, whose steps are {@code to: worker:...} only.
 * A request without key goes to the workers in turn. Where a worker cannot take a request and
 * asking another one does no harm, the request goes on to the next worker on the ring, to each
 * worker once: nginx's {@code proxy_next_upstream error}. Safe for any thread.
 */
public final class ConsistentHash extends LoadBalancerSupport implements CamelContextAware {
  private String key = "user";
  private int points = HashRing.NGINX_POINTS;

  private CamelContext context;
  private boolean complete;
  private volatile Group group;

  /** The workers of the block, by their place in YAML, and what chooses among them. */
  private record Group(
      List<AsyncProcessor> processors,
      List<WorkerEndpoint> workers,
      HashKey key,
      HashRing ring,
      SmoothRoundRobin turns) {
    long hash(Exchange exchange, Request request) {
      return processors.size() == 1 ? HashKey.NONE : key.hash(exchange, request);
    }
  }

  /** What to balance by: {@code user}, {@code path}, or {@code language:expression}. */
  public void setKey(String key) {
    this.key = key;
  }

  public String getKey() {
    return key;
  }

  /** Points on the ring for each unit of a worker's weight; nginx has 160. */
  public void setPoints(int points) {
    this.points = points;
  }

  public int getPoints() {
    return points;
  }

  /**
   * The workers that requests with this key are sent to: first the one that serves them, then those
   * that are asked, in this order, where the ones before cannot take a request.
   *
   * @param key its bytes; none for requests without key, of which the next one's order is told
   */
  public List<String> order(byte... key) {
    Group now = group;
    Walk walk = new Walk(now.ring, now.turns.copy());
    List<String> order = new ArrayList<>();
    long hash = HashKey.hash(key, 0, key.length);
    for (int member = walk.first(hash); member >= 0; member = walk.next()) {
      order.add(now.workers.get(member).getServer());
    }
    return order;
  }

  @Override
  protected void doInit() throws Exception {
    super.doInit();
    List<AsyncProcessor> processors = List.of(doGetProcessors());
    List<WorkerEndpoint> workers = new ArrayList<>();
    List<HashRing.Member> members = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (AsyncProcessor processor : processors) {
      WorkerEndpoint worker = worker(processor);
      if (!names.add(worker.getServer())) {
        throw new IllegalArgumentException(
            "worker:"
                + worker.getServer()
                + " stands twice in one loadBalance block; give it a weight instead");
      }
      workers.add(worker);
      members.add(new HashRing.Member(worker.getServer(), worker.getWeight()));
    }
    if (workers.isEmpty()) {
      throw new IllegalArgumentException(
          "a loadBalance block without workers; add a step \"to: worker:unix:/path.sock\"");
    }
    group =
        new Group(
            processors,
            workers,
            HashKey.of(key, context),
            new HashRing(members, points),
            new SmoothRoundRobin(members.stream().mapToInt(HashRing.Member::weight).toArray()));
  }

  private static WorkerEndpoint worker(Processor step) {
    Processor inner = step;
    while (inner instanceof Channel || inner instanceof DelegateProcessor) {
      inner =
          inner instanceof Channel channel
              ? channel.getNextProcessor()
              : ((DelegateProcessor) inner).getProcessor();
    }
    Endpoint endpoint = inner instanceof EndpointAware aware ? aware.getEndpoint() : null;
    if (endpoint instanceof WorkerEndpoint worker) {
      return worker;
    }
    throw new IllegalArgumentException(
        "ConsistentHash takes steps \"to: worker:...\" only, not "
            + (endpoint == null ? inner : endpoint.getEndpointUri()));
  }

  /**
   * Adds a step of the block, which is complete when Camel sets the context; steps that come later
   * are those of another block.
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
    // a route that is loaded again makes a new block with this bean
    complete = false;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Group now = group;
    long hash;
    try {
      hash = now.hash(exchange, request(exchange));
    } catch (RuntimeException e) {
      exchange.setException(e);
      callback.done(true);
      return true;
    }
    new Attempt(now, exchange, callback).begin(hash);
    return false;
  }

  private static Request request(Exchange exchange) {
    if (exchange.getMessage().getBody() instanceof Request request) {
      return request;
    }
    throw new IllegalStateException(
        "ConsistentHash balances the request that came through the front door; a step of route "
            + exchange.getFromRouteId()
            + " has replaced the message's body");
  }

  /**
   * One request's way from worker to worker, which nearly always ends with the first.
   *
   * <p>The steps are Camel channels, whose callbacks come through its reactive executor: however
   * many workers fail at once, the stack does not grow.
   */
  private static final class Attempt extends Walk implements AsyncCallback {
    private final List<AsyncProcessor> processors;
    private final Exchange exchange;
    private final AsyncCallback callback;

    Attempt(Group group, Exchange exchange, AsyncCallback callback) {
      super(group.ring, group.turns);
      this.processors = group.processors;
      this.exchange = exchange;
      this.callback = callback;
    }

    void begin(long hash) {
      processors.get(first(hash)).process(exchange, this);
    }

    @Override
    public void done(boolean doneSync) {
      int next = mayTryNext() ? next() : -1;
      if (next < 0) {
        callback.done(false);
      } else {
        forgetFailure();
        processors.get(next).process(exchange, this);
      }
    }

    private boolean mayTryNext() {
      return exchange.getException() instanceof WorkerException failed && failed.mayTryNext();
    }

    /** Takes off the exchange what a failure leaves there, whichever error handler has seen it. */
    private void forgetFailure() {
      exchange.setException(null);
      exchange.removeProperty(ExchangePropertyKey.EXCEPTION_CAUGHT);
      exchange.removeProperty(ExchangePropertyKey.FAILURE_ENDPOINT);
      exchange.removeProperty(ExchangePropertyKey.FAILURE_ROUTE_ID);
      exchange.removeProperty(ExchangePropertyKey.UNIT_OF_WORK_EXHAUSTED);
      exchange.setRollbackOnly(false);
      exchange.getExchangeExtension().setRedeliveryExhausted(false);
      exchange.getExchangeExtension().setFailureHandled(false);
      exchange.getExchangeExtension().setErrorHandlerHandled(null);
    }
  }
}
