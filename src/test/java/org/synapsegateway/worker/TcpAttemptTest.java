// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.synapsegateway.discovery.Names;
import org.synapsegateway.discovery.SourceStates;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Loops;

/** Connecting to a host whose backlog is full: Linux drops a connect to it in silence. */
class TcpAttemptTest {
  /** Linux itself connects again after a second. */
  private static final long LESS_THAN_A_SECOND = 900;

  private static final int BACKLOG = 1;

  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<SocketChannel> inBacklog = new ArrayList<>();
  private Loops loops;
  private Loop loop;
  private ServerSocketChannel server;
  private InetAddress address;
  private TcpHost host;

  @BeforeEach
  void start() throws Exception {
    loops = new Loops(1);
    loop = loops.all().get(0);
    server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    InetSocketAddress at = (InetSocketAddress) server.getLocalAddress();
    address = at.getAddress();
    for (int i = 0; i <= BACKLOG; i++) {
      inBacklog.add(SocketChannel.open(at));
    }
    WorkerAddress.Tcp worker =
        (WorkerAddress.Tcp) WorkerAddress.of("tcp:127.0.0.1:" + at.getPort());
    host = new TcpHost(worker, Names.from(""), () -> true, () -> {}, new SourceStates());
  }

  @AfterEach
  void stop() throws Exception {
    for (SocketChannel each : inBacklog) {
      each.close();
    }
    server.close();
    loops.close();
  }

  /** The first connect has been dropped when this returns. */
  private void begin() throws Exception {
    TcpAttempt attempt =
        new TcpAttempt(
            host,
            loop,
            new Dialler.Caller() {
              @Override
              public void connected(Channel channel) {
                heard.add("connected");
                channel.close();
              }

              @Override
              public void busy() {
                heard.add("busy");
              }

              @Override
              public void failed(IOException why) {
                heard.add(why.getMessage());
              }
            });
    loop.eventLoop()
        .submit(
            () -> {
              attempt.begin(LESS_THAN_A_SECOND);
              return null;
            })
        .get();
  }

  @Test
  void whatTheBacklogDroppedIsRepeatedBeforeLinuxDoesSo() throws Exception {
    begin();
    for (int i = 0; i <= BACKLOG; i++) {
      server.accept().close();
    }
    await().until(() -> !heard.isEmpty());
    assertThat(heard).containsExactly("connected");
  }

  @Test
  void aHostThatAcceptsOthersMeanwhileIsBusyAndNotSilent() throws Exception {
    begin();
    host.accepted(address);
    await().until(() -> !heard.isEmpty());
    assertThat(heard).containsExactly("busy");
    assertThat(host.silent().mayTry(address)).isTrue();
  }

  @Test
  void aHostThatAcceptsNobodyIsSilent() throws Exception {
    begin();
    await().until(() -> !heard.isEmpty());
    assertThat(heard).containsExactly(host + " did not answer for 900 ms");
    assertThat(host.silent().mayTry(address)).isFalse();
  }
}
