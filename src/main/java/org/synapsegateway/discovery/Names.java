// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.DnsServerAddressStream;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fault.Reason;

/**
 * Looks up the addresses of hosts, in /etc/hosts and DNS, on a thread of its own that runs from the
 * first name on. Safe for any thread.
 */
public final class Names implements AutoCloseable {
  private static final int QUERY_MILLIS = 2_000;
  private static final int END_MILLIS = 5_000;
  static final int PORT = 53;
  private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");
  private static final Pattern SERVER =
      Pattern.compile("(?:\\[([^]]+)]|([^:\\[\\]]+))(?::(\\d{1,5}))?");

  private final DnsServerAddressStreamProvider servers;
  private final Lifetimes lifetimes = new Lifetimes();
  private final ExecutorThread thread = new ExecutorThread("names");
  private @Nullable EventLoop loop;
  private @Nullable DnsNameResolver resolver;
  private boolean closed;

  private Names(DnsServerAddressStreamProvider servers) {
    this.servers = servers;
  }

  /**
   * Names as these servers resolve them.
   *
   * @param servers addresses of DNS servers, each followed by {@code :port} if that is not 53, with
   *     spaces or commas between them; if there are none, those of /etc/resolv.conf, whose search
   *     domains count in any case
   * @throws IllegalArgumentException if one is no address
   */
  public static Names from(String servers) {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (String server : servers.split("[\\s,]+", 0)) {
      if (!server.isEmpty()) {
        addresses.add(server(server));
      }
    }
    return new Names(
        addresses.isEmpty()
            ? new SystemServers(RESOLV_CONF)
            : new SequentialDnsServerAddressStreamProvider(addresses));
  }

  private static InetSocketAddress server(String text) {
    Matcher matcher = SERVER.matcher(text);
    if (matcher.matches()) {
      String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
      InetAddress address = NetUtil.createInetAddressFromIpAddressString(host);
      int port = matcher.group(3) == null ? PORT : Integer.parseInt(matcher.group(3));
      if (address != null && port > 0 && port <= 65_535) {
        return new InetSocketAddress(address, port);
      }
    }
    throw new IllegalArgumentException(
        "\""
            + text
            + "\" is no address of a DNS server; write for example 10.96.0.10 or [::1]:5353");
  }

  /**
   * A watch of a host, whose addresses are kept up to date from {@link NameWatch#begin} on.
   *
   * @param wanted returns whether anybody still needs the addresses
   * @param state counts the answers and failures
   */
  public NameWatch watch(
      String host, BooleanSupplier wanted, NameWatch.Listener listener, SourceState state) {
    return new NameWatch(this, host, wanted, listener, state);
  }

  /**
   * The event loop on which names are looked up.
   *
   * @throws IllegalStateException if it was to be made after the end
   */
  synchronized EventLoop loop() {
    if (loop == null) {
      if (closed) {
        throw new IllegalStateException("no name is looked up any more");
      }
      loop = new NioEventLoopGroup(1, thread).next();
    }
    return loop;
  }

  /** Asks for all addresses of a host, of both families. Called on the loop. */
  Future<List<InetAddress>> resolve(String host) {
    return resolver().resolveAll(host);
  }

  /** The servers to ask about a name, in this order. */
  DnsServerAddressStream servers(String name) {
    return servers.nameServerAddressStream(name);
  }

  /** Ends its thread, and waits for that, 5 s at most; it must not be asked any more. */
  @Override
  public void close() {
    EventLoop ends;
    synchronized (this) {
      closed = true;
      ends = loop;
    }
    if (ends != null) {
      thread.end(ends.parent(), END_MILLIS);
    }
  }

  /** Why a question has no answer, for people: the innermost cause. */
  static String reason(Throwable cause) {
    Throwable last = cause;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    if (last
        instanceof
        DnsNameResolverTimeoutException) { // whose message is different for each question
      return "no DNS server answers within " + QUERY_MILLIS + " ms";
    }
    return Reason.of(last);
  }

  /** Why a question has no answer. */
  static AnswerFailure trouble(Throwable cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof DnsErrorCauseException said) {
        return trouble(said.getCode());
      }
    }
    return AnswerFailure.NO_ANSWER;
  }

  static AnswerFailure trouble(DnsResponseCode code) {
    return code.equals(DnsResponseCode.NXDOMAIN) ? AnswerFailure.UNKNOWN : AnswerFailure.ERROR;
  }

  /** For how many seconds the last answer about a host is good. Called on the loop. */
  long lifetime(String host, long most) {
    return lifetimes.of(host, most);
  }

  /** The resolver. Called on the loop. */
  DnsNameResolver resolver() {
    if (resolver == null) {
      resolver =
          new DnsNameResolverBuilder(loop())
              .datagramChannelType(NioDatagramChannel.class)
              .socketChannelType(NioSocketChannel.class) // for answers that are truncated over UDP
              .queryTimeoutMillis(QUERY_MILLIS)
              .resolveCache(lifetimes)
              .cnameCache(NoopDnsCnameCache.INSTANCE)
              .completeOncePreferredResolved(false)
              .nameServerProvider(servers)
              .build();
    }
    return resolver;
  }
}
