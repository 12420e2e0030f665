// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsServerAddressStream;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * A list of workers in DNS: the SRV records (RFC 2782) of one name. Their weights do not count, as
 * CoreDNS makes them from the number of records, so that a partial answer would change them all.
 * The targets' names are the texts of the ring, in small letters and without the dot at the end, as
 * nginx has them for {@code service=}.
 */
public final class ServiceRecords implements MemberSource {
  private final Names names;
  private final String service;
  private final boolean ports;

  /**
   * @param service the whole name, with its domain
   * @param ports whether the texts of the ring contain the ports
   */
  public ServiceRecords(Names names, String service, boolean ports) {
    this.names = names;
    this.service = service.endsWith(".") ? service : service + ".";
    this.ports = ports;
  }

  /** A record of an answer. */
  private record Target(int priority, int port, String host) {
    static Target of(ByteBuf content) {
      ByteBuf bytes = content.duplicate();
      int priority = bytes.readUnsignedShort();
      bytes.skipBytes(Short.BYTES); // the weight
      int port = bytes.readUnsignedShort();
      String name = DefaultDnsRecordDecoder.decodeName(bytes).toLowerCase(Locale.ROOT);
      return new Target(priority, port, name.replaceFirst("\\.$", ""));
    }
  }

  @Override
  public EventExecutor loop() {
    return names.loop();
  }

  @Override
  public void ask(Consumer<Answer> answer) {
    DnsServerAddressStream servers = names.servers(service);
    ask(servers, servers.size(), answer);
  }

  /** Asks one server, and the next one if it does not know. */
  private void ask(DnsServerAddressStream servers, int left, Consumer<Answer> answer) {
    DnsNameResolver resolver = names.resolver();
    resolver
        .query(servers.next(), new DefaultDnsQuestion(service, DnsRecordType.SRV))
        .addListener(
            (Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> reply) -> {
              Answer read = read(reply);
              if (read.failure() != null && left > 1) {
                ask(servers, left - 1, answer);
              } else {
                answer.accept(read);
              }
            });
  }

  private Answer read(Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> reply) {
    if (!reply.isSuccess()) {
      return Answer.none(Names.trouble(reply.cause()), Names.reason(reply.cause()));
    }
    try {
      return read(reply.getNow().content());
    } catch (RuntimeException e) { // whatever a decoder throws
      return Answer.none(AnswerFailure.UNUSABLE, "the answer is malformed: " + e.getMessage());
    } finally {
      reply.getNow().release();
    }
  }

  private Answer read(DnsResponse response) {
    DnsResponseCode code = response.code();
    if (!code.equals(DnsResponseCode.NOERROR)) {
      return Answer.none(Names.trouble(code), "DNS says " + code);
    }
    if (response.isTruncated()) {
      return Answer.none(AnswerFailure.UNUSABLE, "the answer is cut off");
    }
    Set<Target> targets = new LinkedHashSet<>();
    long seconds = Rounds.MAX_SECONDS;
    Set<String> names = names(response);
    for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
      if (response.recordAt(DnsSection.ANSWER, i) instanceof DnsRawRecord raw
          && raw.type().equals(DnsRecordType.SRV)
          && names.contains(name(raw))) {
        targets.add(Target.of(raw.content()));
        seconds = Math.min(seconds, raw.timeToLive());
      }
    }
    targets.removeIf(
        target ->
            target.host.isEmpty()); // the target "." means that there is no such service (RFC 2782)
    if (targets.isEmpty()) {
      return Answer.none(AnswerFailure.EMPTY, MemberWatch.EMPTY);
    }
    Set<Integer> priorities = new TreeSet<>();
    targets.forEach(target -> priorities.add(target.priority));
    return priorities.size() > 1
        ? Answer.none(AnswerFailure.UNUSABLE, "its records have several priorities, " + priorities)
        : Answer.of(members(targets), seconds);
  }

  /** The service and what it is an alias of; records of other names say nothing about it. */
  private Set<String> names(DnsResponse response) {
    Set<String> names = new HashSet<>(Set.of(service.toLowerCase(Locale.ROOT)));
    boolean more = true;
    while (more) {
      more = false;
      for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
        if (response.recordAt(DnsSection.ANSWER, i) instanceof DnsRawRecord raw
            && raw.type().equals(DnsRecordType.CNAME)
            && names.contains(name(raw))) {
          String alias = DefaultDnsRecordDecoder.decodeName(raw.content().duplicate());
          more |= names.add(alias.toLowerCase(Locale.ROOT));
        }
      }
    }
    return names;
  }

  private static String name(DnsRecord record) {
    return record.name().toLowerCase(Locale.ROOT);
  }

  private List<Member> members(Set<Target> targets) {
    List<Member> members = new ArrayList<>();
    for (Target target : targets) {
      String place = target.host + ":" + target.port;
      members.add(new Member(ports ? place : target.host, "tcp:" + place, 0, false));
    }
    return members;
  }
}
