// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import io.netty.bootstrap.Bootstrap;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A DNS server on this machine that knows what a test tells it, over UDP. */
public final class DnsServer implements AutoCloseable {
  /** What it answers about a name. */
  private record Zone(DnsResponseCode code, List<String> addresses) {}

  private static final Zone UNKNOWN = new Zone(DnsResponseCode.NXDOMAIN, List.of());

  private final EventLoopGroup group = new NioEventLoopGroup(1);
  private final Map<String, Zone> zones = new ConcurrentHashMap<>();
  private final AtomicInteger questions = new AtomicInteger();
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
    zones.put(name, new Zone(DnsResponseCode.NOERROR, Arrays.asList(addresses)));
  }

  /** Questions about a name are answered with an error from now on. */
  public void fail(String name, DnsResponseCode code) {
    zones.put(name, new Zone(code, List.of()));
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

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private final class Answering extends SimpleChannelInboundHandler<DatagramDnsQuery> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramDnsQuery query) {
      questions.incrementAndGet();
      if (silent) {
        return;
      }
      DnsQuestion question = query.recordAt(DnsSection.QUESTION);
      Zone zone = zones.getOrDefault(question.name().replaceFirst("\\.$", ""), UNKNOWN);
      DatagramDnsResponse answer =
          new DatagramDnsResponse(query.recipient(), query.sender(), query.id());
      answer.setCode(zone.code);
      answer.addRecord(
          DnsSection.QUESTION, new DefaultDnsQuestion(question.name(), question.type()));
      for (String text : zone.addresses) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(text);
        DnsRecordType type = address.length == 4 ? DnsRecordType.A : DnsRecordType.AAAA;
        if (type.equals(question.type())) {
          answer.addRecord(
              DnsSection.ANSWER,
              new DefaultDnsRawRecord(
                  question.name(), type, lifetime, Unpooled.wrappedBuffer(address)));
        }
      }
      ctx.writeAndFlush(answer);
    }
  }
}
