// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.util.NetUtil;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.synapsegateway.discovery.MemberFile;
import org.synapsegateway.discovery.MemberSource;
import org.synapsegateway.discovery.ServiceRecords;

/**
 * Where a list of workers comes from, and what its ring is made from. Immutable.
 *
 * @param place the name of SRV records, or the path of a file
 * @param ports whether ports are a part of the texts of the ring; always so in a file
 */
public record WorkerList(Kind kind, String place, boolean ports) {
  /** RFC 1123, 2.1, and the underscores of RFC 2782. */
  private static final Pattern NAME = Pattern.compile("(?=.{1,254}$)([a-z0-9_-]{1,63}(\\.|$))+");

  private static final long SRV_FORGET = TimeUnit.MINUTES.toMillis(10);

  /** What a list may be. */
  enum Kind {
    SRV("srv:", SRV_FORGET),
    /** The file is complete: a worker that it does not list is gone. */
    FILE("file:", 0);

    private final String prefix;
    private final long forgetMillis;

    Kind(String prefix, long forgetMillis) {
      this.prefix = prefix;
      this.forgetMillis = forgetMillis;
    }

    /** How long a worker stays that the list no longer names, if nothing else is given. */
    long forgetMillis() {
      return forgetMillis;
    }
  }

  /** Whether a worker's URI names a list. */
  public static boolean isList(String server) {
    return server.startsWith(Kind.SRV.prefix) || server.startsWith(Kind.FILE.prefix);
  }

  /**
   * The list that a worker's URI names.
   *
   * @param server {@code srv:_service._tcp.domain} or {@code file:path.json}
   * @throws IllegalArgumentException if it is neither
   */
  static WorkerList of(String server, boolean ports) {
    if (server.startsWith(Kind.FILE.prefix)) {
      String file = server.substring(Kind.FILE.prefix.length());
      if (file.isEmpty() || file.endsWith("/")) {
        throw new IllegalArgumentException(
            "worker:" + server + " names no file; write worker:file:workers/sync.json");
      }
      return new WorkerList(Kind.FILE, file, true);
    }
    String name = server.substring(Kind.SRV.prefix.length()).toLowerCase(Locale.ROOT);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "worker:"
              + server
              + " has no name of SRV records behind srv:; write"
              + " worker:srv:_synapse-http._tcp.synapse-sync.ns.svc.cluster.local");
    }
    return new WorkerList(Kind.SRV, name.replaceFirst("\\.$", ""), ports);
  }

  /** The source of its members. */
  MemberSource source(Workers workers) {
    return kind == Kind.FILE
        ? new MemberFile(workers.fileLoop(), Path.of(place))
        : new ServiceRecords(workers.names(), place, ports);
  }

  /**
   * Whether the name of a worker's host is its address in disguise, as DNS of Kubernetes names pods
   * without a name. Such a name changes at each restart, and so would the worker of its users.
   */
  public static boolean isDisguisedAddress(WorkerAddress worker) {
    if (!(worker instanceof WorkerAddress.Tcp tcp)) {
      return false;
    }
    String label = tcp.host().replaceFirst("\\..*", "");
    return label.matches("\\d{1,3}(-\\d{1,3}){3}")
        || label.indexOf('-') >= 0 && NetUtil.isValidIpV6Address(label.replace('-', ':'));
  }

  @Override
  public String toString() {
    return "worker:" + kind.prefix + place;
  }
}
