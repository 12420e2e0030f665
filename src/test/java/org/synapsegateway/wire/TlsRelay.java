// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Takes connections in plain and leads each on over TLS, byte for byte, so that what a raw client
 * sends and gets is the same over TLS as without.
 *
 * <p>An end stays an end: that of TLS (close_notify) becomes that of the connection. What breaks
 * off without is reset.
 */
public final class TlsRelay implements AutoCloseable {
  private static final int BUFFER = 64 * 1024;

  private final ServerSocket listener;
  private final SSLContext tls;
  private final int to;
  private final String before;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /**
   * @param to the port on 127.0.0.1 where TLS is spoken, with whatever certificate
   */
  public TlsRelay(int to) throws IOException {
    this(to, "");
  }

  /**
   * The same.
   *
   * @param before what goes out in plain before each handshake
   */
  public TlsRelay(int to, String before) throws IOException {
    this.to = to;
    this.before = before;
    this.tls = trustingAll();
    this.listener = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  private static SSLContext trustingAll() {
    X509TrustManager all =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {all}, new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The port on 127.0.0.1 where plain bytes are taken. */
  public int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        open.add(client);
        threads.execute(() -> lead(client));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void lead(Socket client) {
    try {
      client.setTcpNoDelay(true);
      Socket raw = new Socket(InetAddress.getLoopbackAddress(), to);
      raw.setTcpNoDelay(true);
      raw.getOutputStream().write(before.getBytes(StandardCharsets.ISO_8859_1));
      SSLSocket server =
          (SSLSocket) tls.getSocketFactory().createSocket(raw, "localhost", to, true);
      open.add(server);
      server.startHandshake();
      threads.execute(() -> pump(client, server));
      pump(server, client);
    } catch (IOException e) {
      reset(client);
    }
  }

  /** Sends on what comes, to its end or until it breaks off. */
  private static void pump(Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int count = in.read(buffer);
      while (count >= 0) {
        out.write(buffer, 0, count);
        count = in.read(buffer);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      reset(from);
      reset(to);
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // it is closed
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    open.forEach(TlsRelay::reset);
    threads.shutdownNow();
  }
}
