package org.synapsegateway.loadbalance;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
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
import org.apache.camel.support.ExchangeHelper;
import org.synapsegateway.exchange.HttpMessage;
import org.synapsegateway.exchange.SharedServices;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.KeyKind;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.identity.SyncCost;
import org.synapsegateway.identity.UserKey;
import org.synapsegateway.request.Reply;
import org.synapsegateway.request.Request;
import org.synapsegateway.whoami.UserDirectory;
import org.synapsegateway.worker.WorkerEndpoint;
import org.synapsegateway.worker.WorkerException;

/**
 * Sends the requests of one user to one worker, as nginx's {@code hash $mxid_localpart consistent}
 * does.
 *
 * <p>Each bean balances one {@code loadBalance} block, whose steps are {@code to: worker:...}, and
 * behind them at most one other, {@code to: direct:...}, which stands in for them: it takes all
 * requests while the block lists no worker, and those whose workers are all gone, unless {@code
 * fallback} is off. A request without key goes to the workers in turn. Where a worker cannot take a
 * request and asking another one does no harm, the request goes on to the next worker on the ring,
 * to each worker once: nginx's {@code proxy_next_upstream error}. A worker that is drained counts
 * as gone for requests that come, unless nobody else may have them. Safe for any thread.
 */
public final class ConsistentHash extends LoadBalancerSupport implements CamelContextAware {
  private String key = "user";
  private int points = HashRing.NGINX_POINTS;
  private double balanceFactor;
  private boolean fallback = true;

  private CamelContext context;
  private boolean complete;
  private volatile Group group;
  private volatile String route;

  /**
   * The workers of the block, by their place in YAML, and what chooses among them.
   *
   * @param kind what kind of key it is, if it is not the user
   * @param drained tells the workers that are to get no more
   * @param load null if it is not bounded
   * @param standIn the step that stands in for the workers, or null
   * @param fallback the stand-in, if it may take what no worker is there for; else null
   * @param users who tells the user of a request; null to read it off the token as nginx does
   * @param watch who wants to know the keys, or null
   */
  private record Group(
      List<AsyncProcessor> processors,
      List<WorkerEndpoint> workers,
      HashKey key,
      KeyKind kind,
      HashRing ring,
      SmoothRoundRobin turns,
      IntPredicate drained,
      BoundedLoad load,
      AsyncProcessor standIn,
      AsyncProcessor fallback,
      UserDirectory users,
      KeyWatch watch) {
    Slice key(Exchange exchange, Request request) {
      // a single worker needs the key only to have users take turns where they wait for it
      boolean needed = workers.size() > 1 || workers.get(0).getMaxInFlight() > 0;
      return needed ? key.find(exchange, request) : Slice.EMPTY;
    }
  }

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
   * How many times the average of requests in flight a worker may have before keys of its move on
   * to the next worker on the ring; 0, as nginx has it, for as many as come. A request is in flight
   * until the head of its reply. Not for groups where a key must stay on one worker.
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
   * Whether the stand-in takes requests whose workers are all gone. Off for what only the listed
   * workers can do: then such a request fails, as it would without stand-in.
   */
  public void setFallback(boolean fallback) {
    this.fallback = fallback;
  }

  public boolean isFallback() {
    return fallback;
  }

  /** The ring of this block's workers; null if it lists none. */
  public HashRing ring() {
    return group.ring;
  }

  /** The workers of this block as members of its ring, by their place in YAML. */
  public List<HashRing.Member> members() {
    return group.workers.stream().map(ConsistentHash::member).toList();
  }

  private static HashRing.Member member(WorkerEndpoint worker) {
    return new HashRing.Member(worker.getServer(), worker.getWeight());
  }

  /** How many workers this block lists. */
  public int size() {
    return group.workers.size();
  }

  /** The workers that this block lists, in their order; the ring knows them by their place. */
  public List<WorkerEndpoint> workers() {
    return group.workers;
  }

  /**
   * The share of all keys that each of them has, as long as those that are drained now are.
   *
   * @param gone tells the workers that nobody can reach, which have none either
   */
  public double[] shares(Predicate<WorkerEndpoint> gone) {
    Group now = group;
    // if all others are drained, they serve nevertheless
    boolean others =
        IntStream.range(0, size())
            .anyMatch(i -> !now.drained.test(i) && !gone.test(now.workers.get(i)));
    return now.ring.shares(i -> gone.test(now.workers.get(i)) || others && now.drained.test(i));
  }

  /** The endpoint of the step that stands in for the workers; null if none does. */
  public String standIn() {
    Endpoint endpoint = group.standIn == null ? null : endpoint(group.standIn);
    return endpoint == null ? null : endpoint.getEndpointUri();
  }

  /** Whether another step takes the requests whose workers are all gone. */
  public boolean hasFallback() {
    return group.fallback != null;
  }

  /**
   * The workers that requests with this key are sent to: first the one that serves them, then those
   * that are asked, in this order, where the ones before cannot take a request. What a {@code
   * balanceFactor} would change at this moment is not told.
   *
   * @param key its bytes; none for requests without key, of which the next one's order is told
   * @return their names; none if the block lists no worker
   */
  public List<String> order(byte... key) {
    Group now = group;
    List<String> order = new ArrayList<>();
    if (now.ring != null) {
      Walk walk = new Walk(now.ring, now.turns.copy(), now.drained);
      for (int member = walk.first(Slice.of(key)); member >= 0; member = walk.next()) {
        order.add(now.workers.get(member).getServer());
      }
    }
    return order;
  }

  @Override
  protected void doInit() throws Exception {
    super.doInit();
    List<AsyncProcessor> processors = new ArrayList<>(List.of(doGetProcessors()));
    AsyncProcessor standIn = takeStandIn(processors);
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
      members.add(member(worker));
    }
    if (workers.isEmpty() && standIn == null) {
      throw new IllegalArgumentException(
          "a loadBalance block without workers; add a step \"to: worker:unix:/path.sock\"");
    }
    int[] weights = members.stream().mapToInt(HashRing.Member::weight).toArray();
    IntPredicate drained = member -> workers.get(member).isDrained();
    group =
        new Group(
            List.copyOf(processors),
            List.copyOf(workers),
            HashKey.of(key, context),
            HashKey.kind(key),
            members.isEmpty() ? null : new HashRing(members, points),
            new SmoothRoundRobin(weights),
            drained,
            balanceFactor == 0 ? null : new BoundedLoad(balanceFactor, drained, weights),
            standIn,
            fallback ? standIn : null,
            SharedServices.of(context).get(UserDirectory.class),
            SharedServices.of(context).get(KeyWatch.class));
  }

  /** Takes the last step from the list if it is no worker. */
  private static AsyncProcessor takeStandIn(List<AsyncProcessor> processors) {
    int last = processors.size() - 1;
    boolean isWorker = last < 0 || WorkerEndpoint.behind(endpoint(processors.get(last))) != null;
    return isWorker ? null : processors.remove(last);
  }

  private static WorkerEndpoint worker(Processor step) {
    Endpoint endpoint = endpoint(step);
    WorkerEndpoint worker = WorkerEndpoint.behind(endpoint);
    if (worker != null) {
      return worker;
    }
    throw new IllegalArgumentException(
        "ConsistentHash takes steps \"to: worker:...\", and behind them one that stands in for"
            + " them; not "
            + (endpoint == null ? step : endpoint.getEndpointUri())
            + " before the last");
  }

  /** The endpoint that a step sends to, or null. */
  private static Endpoint endpoint(Processor step) {
    Processor inner = step;
    while (inner instanceof Channel || inner instanceof DelegateProcessor) {
      inner =
          inner instanceof Channel channel
              ? channel.getNextProcessor()
              : ((DelegateProcessor) inner).getProcessor();
    }
    return inner instanceof EndpointAware aware ? aware.getEndpoint() : null;
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
    Request request;
    Slice found;
    try {
      request = HttpMessage.request(exchange);
      request.reachedGroup(route(exchange));
      found = now.workers.isEmpty() ? Slice.EMPTY : now.key(exchange, request);
    } catch (RuntimeException e) {
      exchange.setException(e);
      callback.done(true);
      return true;
    }
    if (now.workers.isEmpty()) {
      return now.standIn.process(exchange, callback);
    }
    Attempt attempt = new Attempt(now, exchange, request, callback);
    if (found == null) {
      attempt.beginWithUser();
    } else {
      request.trace().keyedBy(found.isEmpty() ? KeyKind.NONE : now.kind);
      attempt.begin(found);
    }
    return false;
  }

  /** The route of this block, which is the same for all requests. */
  private String route(Exchange exchange) {
    if (route == null) {
      route = ExchangeHelper.getRouteId(exchange);
    }
    return route;
  }

  /** Takes off the exchange what a failure leaves there, whichever error handler has seen it. */
  static void forgetFailure(Exchange exchange) {
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

  /**
   * One request's way from worker to worker, which nearly always ends with the first.
   *
   * <p>The steps are Camel channels, whose callbacks come through its reactive executor: however
   * many workers fail at once, the stack does not grow.
   */
  private final class Attempt extends Walk implements AsyncCallback {
    private final Group group;
    private final Exchange exchange;
    private final Request request;
    private final AsyncCallback callback;
    private final int cost;
    private boolean sentTwice;

    Attempt(Group group, Exchange exchange, Request request, AsyncCallback callback) {
      super(group.ring, group.turns, group.drained);
      this.group = group;
      this.exchange = exchange;
      this.request = request;
      this.callback = callback;
      this.cost = group.load == null ? 0 : SyncCost.of(request.head());
    }

    /** Begins when it is known who the user is, which may be later. */
    void beginWithUser() {
      RequestHead head = request.head();
      if (group.users == null || isQuestion()) {
        begin(Slice.of(head.bytes(), UserKey.find(head)));
        return;
      }
      if (group.workers.size() == 1) {
        begin(group.users.findKnown(request)); // only to have users take turns
        return;
      }
      EventLoop loop = request.loop().eventLoop();
      if (!loop.inEventLoop()) {
        loop.execute(this::beginWithUser);
        return;
      }
      Slice user = group.users.find(request, loop, this::begin);
      if (user != null) {
        begin(user);
      }
    }

    /** Whether it is the gateway's own question whose token it is. */
    private boolean isQuestion() {
      return exchange.getProperty(WorkerWhoAmI.QUESTION) != null;
    }

    void begin(Slice key) {
      if (group.watch != null && !isQuestion()) {
        group.watch.found(ConsistentHash.this, exchange, key);
      }
      request.fairnessKey(key.hashCode());
      int first = group.load == null ? first(key) : firstWithRoom(key, group.load);
      request.trace().keyHash(hash());
      if (hasPassedOver()) {
        request.trace().spilled();
      }
      if (first >= 0) {
        send(first);
      } else if (group.fallback != null) {
        request.trace().sentToStandIn();
        group.fallback.process(exchange, callback);
      } else {
        send(firstOfAll()); // it is drained, but nobody else may have it
      }
    }

    private void send(int member) {
      if (group.load != null) {
        group.load.begin(member, cost);
      }
      group.processors.get(member).process(exchange, this);
    }

    @Override
    public void done(boolean doneSync) {
      if (group.load != null) {
        group.load.end(member(), cost);
      }
      if (exchange.getException() instanceof WorkerException failed && failed.mayTryNext()) {
        int next = staysWith(failed) ? member() : next();
        if (next >= 0) {
          forgetFailure(exchange);
          send(next);
          return;
        }
        // what all workers have dropped may be what kills them; it does not go on to kill more
        boolean dropped = sentTwice || failed.failure() != Failure.WORKER_UNREACHABLE;
        if (group.fallback != null && !dropped) {
          forgetFailure(exchange);
          request.trace().sentToStandIn();
          group.fallback.process(exchange, callback);
          return;
        }
      } else if (group.users != null) {
        noteRefusal();
      }
      callback.done(false);
    }

    /**
     * Whether a request that was in flight when its worker's process ended goes to the same worker
     * once more: nobody else can serve it, and the next process is waited for.
     */
    private boolean staysWith(WorkerException failed) {
      boolean held = group.workers.get(0).getHold() > 0 && !request.hurries();
      boolean alone = group.workers.size() == 1 && held;
      boolean stays = alone && !sentTwice && failed.failure() == Failure.WORKER_CLOSED;
      sentTwice |= stays;
      return stays;
    }

    private void noteRefusal() {
      if (exchange.getMessage().getBody() instanceof Reply reply && reply.status() == 401) {
        group.users.refused(request.head());
      }
    }
  }
}
