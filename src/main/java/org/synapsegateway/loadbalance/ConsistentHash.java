package org.synapsegateway.loadbalance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Channel;
import org.apache.camel.DelegateProcessor;
import org.apache.camel.Endpoint;
import org.apache.camel.EndpointAware;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.processor.loadbalancer.LoadBalancerSupport;
import org.synapsegateway.http.Request;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.worker.WorkerEndpoint;
import org.synapsegateway.worker.WorkerException;

/**
 * Sends the requests of one user to one worker, as nginx's {@code hash $mxid_localpart consistent}
 * does.
 *
 * <p>Each bean balances one {@code loadBalance} block, whose steps are {@code to: worker:...}, and
 * behind them at most one other, {@code to: direct:...}, which stands in for them: it takes all
 * requests while the block lists no worker, and those that no worker could take, unless {@code
 * fallback} is off. A request without key goes to the workers in turn. Where a worker cannot take a
 * request and asking another one does no harm, the request goes on to the next worker on the ring,
 * to each worker once: nginx's {@code proxy_next_upstream error}. Safe for any thread.
 */
public final class ConsistentHash extends LoadBalancerSupport {
  /** How many points of the ring nginx looks at before it takes the workers in turn. */
  private static final int MOST_STEPS = 20;

  private HashKey key = HashKey.USER;
  private int points = HashRing.NGINX_POINTS;

  private boolean fallback = true;

  private volatile Group group;

  /**
   * The workers of this block and their ring.
   *
   * @param standIn the step that stands in for the workers, or null
   * @param fallback the stand-in, if it may take what no worker could take; else null
   */
  private record Group(
      List<AsyncProcessor> processors,
      HashRing ring,
      SmoothRoundRobin inTurn,
      int size,
      AsyncProcessor standIn,
      AsyncProcessor fallback) {}

  /**
   * What to balance by: {@code user}, {@code room}, {@code media}, {@code origin}, {@code
   * client-address}, {@code path} or {@code target}.
   */
  public void setKey(String name) {
    try {
      key = HashKey.valueOf(name.trim().toUpperCase(Locale.ROOT).replace('-', '_'));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "key \""
              + name
              + "\" is not known; use one of "
              + Arrays.toString(HashKey.values()).toLowerCase(Locale.ROOT).replace('_', '-'),
          e);
    }
  }

  public String getKey() {
    return key.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Points on the ring for each unit of a worker's weight; nginx has 160. */
  public void setPoints(int points) {
    if (points < 1) {
      throw new IllegalArgumentException("points = " + points + "; the least is 1");
    }
    this.points = points;
  }

  public int getPoints() {
    return points;
  }

  /**
   * Whether the stand-in takes requests that no worker could take. Off for what only the listed
   * workers can do: then such a request fails, as it would without stand-in.
   */
  public void setFallback(boolean fallback) {
    this.fallback = fallback;
  }

  public boolean isFallback() {
    return fallback;
  }

  /** The key of a request, which may be a secret; empty if it has none. */
  public Slice keyOf(Request request) {
    return key.find(request);
  }

  /** The ring of this block's workers; null if it lists none. */
  public HashRing ring() {
    return group.ring;
  }

  /** How many workers this block lists. */
  public int size() {
    return group.size;
  }

  @Override
  protected void doInit() throws Exception {
    super.doInit();
    List<AsyncProcessor> processors = new ArrayList<>(List.of(doGetProcessors()));
    AsyncProcessor standIn = takeStandIn(processors);
    List<HashRing.Member> members = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (AsyncProcessor processor : processors) {
      WorkerEndpoint worker = worker(processor);
      if (!names.add(worker.getServer())) {
        throw new IllegalArgumentException(
            "worker:" + worker.getServer() + " stands twice in one loadBalance block" + where());
      }
      members.add(new HashRing.Member(worker.getServer(), worker.getWeight()));
    }
    if (members.isEmpty() && standIn == null) {
      throw new IllegalArgumentException("a loadBalance block without workers" + where());
    }
    int[] weights = members.stream().mapToInt(HashRing.Member::weight).toArray();
    group =
        new Group(
            List.copyOf(processors),
            members.isEmpty() ? null : new HashRing(members, points),
            new SmoothRoundRobin(weights),
            members.size(),
            standIn,
            fallback ? standIn : null);
  }

  /** Takes the last step from the list if it is no worker. */
  private static AsyncProcessor takeStandIn(List<AsyncProcessor> processors) {
    int last = processors.size() - 1;
    boolean isWorker = last < 0 || endpoint(processors.get(last)) instanceof WorkerEndpoint;
    return isWorker ? null : processors.remove(last);
  }

  @Override
  public void setId(String id) {
    if (getId() != null && id != null && !getId().equals(id)) {
      throw new IllegalArgumentException(
          "one ConsistentHash bean balances two loadBalance blocks ("
              + getId()
              + " and "
              + id
              + "), whose workers it would mix"
              + where()
              + "; give each block a bean of its own");
    }
    super.setId(id);
  }

  @Override
  protected void doShutdown() throws Exception {
    super.doShutdown();
    super.setId(null);
  }

  private String where() {
    return getRouteId() == null ? "" : " (route " + getRouteId() + ")";
  }

  private WorkerEndpoint worker(Processor step) {
    if (endpoint(step) instanceof WorkerEndpoint worker) {
      return worker;
    }
    throw new IllegalArgumentException(
        "a loadBalance block with ConsistentHash takes \"to: worker:...\" steps, and behind them one"
            + " that stands in for them; not "
            + (endpoint(step) == null ? step : endpoint(step))
            + " before the last"
            + where());
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

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    if (!(exchange.getMessage().getBody() instanceof Request request)) {
      exchange.setException(
          new IllegalStateException(
              "ConsistentHash balances the request that came through the front door; a step of route "
                  + exchange.getFromRouteId()
                  + " has replaced the message's body"));
      callback.done(true);
      return true;
    }
    Group to = group;
    if (to.size == 0) {
      return to.standIn.process(exchange, callback);
    }
    new Attempt(to, exchange, callback).begin(key.find(request));
    return false;
  }

  /** One request's way from worker to worker, which nearly always ends with the first. */
  private static final class Attempt implements AsyncCallback {
    private final Group group;
    private final Exchange exchange;
    private final AsyncCallback callback;

    private boolean inTurn;
    private int point;
    private int steps;
    private int member;
    private BitSet tried;

    Attempt(Group group, Exchange exchange, AsyncCallback callback) {
      this.group = group;
      this.exchange = exchange;
      this.callback = callback;
    }

    void begin(Slice key) {
      inTurn = key.isEmpty() || group.size == 1;
      if (inTurn) {
        member = group.inTurn.next(null);
      } else {
        point = group.ring.pointFor(HashRing.hash(key.array(), key.start(), key.end()));
        member = group.ring.memberAt(point);
      }
      group.processors.get(member).process(exchange, this);
    }

    @Override
    public void done(boolean doneSync) {
      if (exchange.getException() instanceof WorkerException failed && failed.mayTryNext()) {
        if (tried == null) {
          tried = new BitSet(group.size);
        }
        tried.set(member);
        member = next();
        if (member >= 0) {
          forget();
          group.processors.get(member).process(exchange, this);
          return;
        }
        if (group.fallback != null) {
          forget();
          group.fallback.process(exchange, callback);
          return;
        }
      }
      callback.done(false);
    }

    /** The next worker as nginx finds it: along the ring for a while, then in turn. */
    private int next() {
      while (!inTurn) {
        if (++steps > MOST_STEPS) {
          inTurn = true;
        } else {
          point = group.ring.next(point);
          int candidate = group.ring.memberAt(point);
          if (!tried.get(candidate)) {
            return candidate;
          }
        }
      }
      return group.inTurn.next(tried);
    }

    /** Takes the traces of a failure off the exchange, whichever error handler has seen it. */
    private void forget() {
      exchange.setException(null);
      exchange.removeProperty(Exchange.EXCEPTION_CAUGHT);
      exchange.removeProperty(Exchange.FAILURE_ENDPOINT);
      exchange.removeProperty(Exchange.FAILURE_ROUTE_ID);
      exchange.setRollbackOnly(false);
      exchange.getExchangeExtension().setRedeliveryExhausted(false);
      exchange.getExchangeExtension().setErrorHandlerHandled(null);
    }
  }
}
