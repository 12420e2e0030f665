// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.synapsegateway.tls.TestCertificate;

/** A server of the JDK's TLS on a port of this machine, which does what its script says. */
public final class TlsWorker implements AutoCloseable {
  /** What to do with one connection; it is closed behind that. */
  @FunctionalInterface
  public interface Script {
    void serve(Connection connection) throws IOException;
  }

  private final ServerSocket listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger served = new AtomicInteger();
  private final SSLContext tls;
  private final Script script;

  public TlsWorker(TestCertificate certificate, Script script) throws IOException {
    this.script = script;
    this.tls = context(certificate);
    threads.execute(this::accept);
  }

  private static SSLContext context(TestCertificate certificate) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "worker",
          certificate.keys().getPrivate(),
          new char[0],
          new Certificate[] {certificate.x509()});
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** How many connections have carried a request. */
  public int served() {
    return served.get();
  }

  /** How many connections are open, also those without TLS. */
  public int openConnections() {
    return open.size();
  }

  private void accept() {
    try {
      while (true) {
        Socket raw = listener.accept();
        open.add(raw);
        threads.execute(() -> serve(raw));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket raw) {
    try (raw;
        SSLSocket socket =
            (SSLSocket) tls.getSocketFactory().createSocket(raw, null, raw.getPort(), true)) {
      socket.setUseClientMode(false);
      socket.startHandshake();
      script.serve(new Connection(raw, socket));
    } catch (IOException e) {
      // the gateway does not like the certificate, or has gone
    } finally {
      open.remove(raw);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket each : open) {
      each.close();
    }
    threads.shutdownNow();
  }

  /** One connection, after its handshake. */
  public final class Connection {
    private final Socket raw;
    private final SSLSocket socket;
    private boolean used;

    private Connection(Socket raw, SSLSocket socket) {
      this.raw = raw;
      this.socket = socket;
    }

    /** The next head; null at the end of the connection. */
    public String head() throws IOException {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      InputStream in = socket.getInputStream();
      while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
        int next = in.read();
        if (next < 0) {
          return null;
        }
        head.write(next);
      }
      if (!used) {
        used = true;
        served.incrementAndGet();
      }
      return head.toString(StandardCharsets.ISO_8859_1);
    }

    /** So many bytes of a body. */
    public byte[] read(int count) throws IOException {
      return socket.getInputStream().readNBytes(count);
    }

    public void send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Closes the connection without close_notify. */
    public void cut() throws IOException {
      raw.shutdownOutput();
      raw.close();
    }
  }
}
