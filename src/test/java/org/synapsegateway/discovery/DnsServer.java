// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A DNS server on this machine that knows what a test tells it, over UDP. */
public final class DnsServer implements AutoCloseable {
  /** What it answers about a name. */
  private record Zone(
      DnsResponseCode code, List<String> addresses, List<String> services, boolean cut) {}

  private static final Zone UNKNOWN = zone(DnsResponseCode.NXDOMAIN, List.of());

  private static Zone zone(DnsResponseCode code, List<String> addresses) {
    return new Zone(code, addresses, List.of(), false);
  }

  private final EventLoopGroup group = new NioEventLoopGroup(1);
  private final Map<String, Zone> zones = new ConcurrentHashMap<>();
  private final Map<String, Integer> asked = new ConcurrentHashMap<>();
  private final AtomicInteger questions = new AtomicInteger();
  private final Queue<DnsRecordType> failing = new ConcurrentLinkedQueue<>();
  private final DatagramChannel channel;
  private volatile boolean silent;
  private volatile int lifetime = 1;

  public DnsServer() {
    channel =
        (DatagramChannel)
            new Bootstrap()
                .group(group)
                .channel(NioDatagramChannel.class)
                .handler(
                    new ChannelInitializer<DatagramChannel>() {
                      @Override
                      protected void initChannel(DatagramChannel made) {
                        made.pipeline()
                            .addLast(
                                new DatagramDnsQueryDecoder(),
                                new DatagramDnsResponseEncoder(),
                                new Answering());
                      }
                    })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
  }

  /** Its address, as {@code gateway.resolvers} has it. */
  public String address() {
    InetSocketAddress local = channel.localAddress();
    return "127.0.0.1:" + local.getPort();
  }

  /** A name has these addresses from now on. */
  public void tell(String name, String... addresses) {
    zones.put(name, zone(DnsResponseCode.NOERROR, Arrays.asList(addresses)));
  }

  /**
   * A name has these SRV records from now on.
   *
   * @param services each as zone files have it: priority, weight, port, target, and then the owner
   *     if that is another name; or {@code CNAME} and the name that this one is an alias of
   */
  public void serve(String name, String... services) {
    zones.put(name, new Zone(DnsResponseCode.NOERROR, List.of(), List.of(services), false));
  }

  /** As {@link #serve}, in an answer that says that it is cut off. */
  public void cut(String name, String... services) {
    zones.put(name, new Zone(DnsResponseCode.NOERROR, List.of(), List.of(services), true));
  }

  /** Questions about a name are answered with an error from now on. */
  public void fail(String name, DnsResponseCode code) {
    zones.put(name, zone(code, List.of()));
  }

  /** The next question for records of this type is answered with an error. */
  public void failNext(DnsRecordType type) {
    failing.add(type);
  }

  /** Whether the error of {@link #failNext} has been asked for. */
  public boolean hasFailed() {
    return failing.isEmpty();
  }

  /** For how many seconds answers are good. */
  public void lifetime(int seconds) {
    lifetime = seconds;
  }

  /** Whether it answers nobody. */
  public void silent(boolean yes) {
    silent = yes;
  }

  /** How many questions have come. */
  public int questions() {
    return questions.get();
  }

  /** How many questions have come about a name. */
  public int questions(String name) {
    return asked.getOrDefault(name, 0);
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private final class Answering extends SimpleChannelInboundHandler<DatagramDnsQuery> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramDnsQuery query) {
      questions.incrementAndGet();
      DnsQuestion question = query.recordAt(DnsSection.QUESTION);
      String name = question.name().replaceFirst("\\.$", "");
      asked.merge(name, 1, Integer::sum);
      if (silent) {
        return;
      }
      Zone zone = zones.getOrDefault(name, UNKNOWN);
      DatagramDnsResponse answer =
          new DatagramDnsResponse(query.recipient(), query.sender(), query.id());
      boolean fails = failing.remove(question.type());
      answer.setCode(fails ? DnsResponseCode.SERVFAIL : zone.code);
      answer.addRecord(
          DnsSection.QUESTION, new DefaultDnsQuestion(question.name(), question.type()));
      for (String text : fails ? List.<String>of() : zone.addresses) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(text);
        DnsRecordType type = address.length == 4 ? DnsRecordType.A : DnsRecordType.AAAA;
        if (type.equals(question.type())) {
          answer.addRecord(
              DnsSection.ANSWER,
              new DefaultDnsRawRecord(
                  question.name(), type, lifetime, Unpooled.wrappedBuffer(address)));
        }
      }
      if (question.type().equals(DnsRecordType.SRV)) {
        answer.setTruncated(zone.cut);
        for (String service : zone.services) {
          String[] parts = service.split(" ", 0);
          String owner = parts.length > 4 ? parts[4] + "." : question.name();
          answer.addRecord(
              DnsSection.ANSWER,
              parts[0].equals("CNAME")
                  ? new DefaultDnsRawRecord(
                      question.name(), DnsRecordType.CNAME, lifetime, name(parts[1]))
                  : new DefaultDnsRawRecord(owner, DnsRecordType.SRV, lifetime, content(parts)));
        }
      }
      ctx.writeAndFlush(answer);
    }

    private static ByteBuf content(String[] service) {
      ByteBuf content = Unpooled.buffer();
      for (int i = 0; i < 3; i++) {
        content.writeShort(Integer.parseInt(service[i]));
      }
      return content.writeBytes(name(service[3]));
    }

    private static ByteBuf name(String name) {
      ByteBuf content = Unpooled.buffer();
      for (String label : name.split("\\.", 0)) {
        content.writeByte(label.length()).writeCharSequence(label, StandardCharsets.US_ASCII);
      }
      return content.writeByte(0);
    }
  }
}
