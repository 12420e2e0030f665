// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.net.Loop;
import org.synapsegateway.settings.FileState;

/**
 * The TLS of connections that the gateway opens: a peer has to show a certificate that an authority
 * has signed, and that has the peer's name (RFC 9110 section 4.3.4).
 *
 * <p>When the file of authorities has changed, new connections are checked with the new ones; open
 * connections stay. Safe for any thread.
 */
public final class ClientTls {
  /** The reason if the peer ends a handshake. */
  public static final String CLOSED = "it closed the connection";

  /** The reason if a handshake takes too long. */
  public static final String SILENT = "it did not answer in time";

  private static final Logger LOG = LoggerFactory.getLogger(ClientTls.class);
  private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

  /** The algorithm by which names of certificates are compared, that of https. */
  private static final String NAMES = "HTTPS";

  private final @Nullable Path file;
  private volatile Made made;

  /** The state of the file at the last look; null if there is no file. */
  private @Nullable FileState seen;

  /** The authorities of one moment; the garbage collector frees what the library holds of them. */
  private record Made(SslContext context, SSLContext blocking) {}

  /**
   * Reads the authorities.
   *
   * @param file has them in PEM; null for those of Java
   * @throws TlsFault if it cannot be read or has none; says what to do
   */
  public ClientTls(@Nullable Path file) throws TlsFault {
    this.file = file;
    this.seen = look();
    this.made = make();
  }

  /** Reads the file again if it has changed; if it cannot be used, what was read before stays. */
  public synchronized void refresh() {
    FileState now = look();
    if (Objects.equals(now, seen)) {
      return;
    }
    seen = now;
    try {
      made = make();
      LOG.info("The authorities of {} are read again", file);
    } catch (TlsFault e) {
      LOG.error("The authorities are refused, the previous ones stay: {}", e.getMessage());
    }
  }

  private @Nullable FileState look() {
    if (file == null) {
      return null;
    }
    try {
      return FileState.at(file);
    } catch (IOException e) {
      return null; // reading it gives the reason
    }
  }

  private Made make() throws TlsFault {
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(file == null ? null : authorities(file));
      SSLContext blocking = SSLContext.getInstance("TLS");
      blocking.init(null, trust.getTrustManagers(), null);
      SslContext context =
          SslContextBuilder.forClient()
              .sslProvider(TlsContext.isNative() ? SslProvider.OPENSSL : SslProvider.JDK)
              .protocols(VERSIONS)
              .trustManager(trust)
              .build();
      return new Made(context, blocking);
    } catch (GeneralSecurityException | IOException e) {
      throw new TlsFault(String.valueOf(file), "the authorities cannot be used: " + e.getMessage());
    }
  }

  private static KeyStore authorities(Path file)
      throws TlsFault, GeneralSecurityException, IOException {
    if (!Files.isRegularFile(file)) {
      throw new TlsFault(file, "there is no such file; mend ca= of the worker's URI");
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    for (Pem.Block block : Pem.read(file)) {
      if (block.isCertificate()) {
        store.setCertificateEntry(
            Integer.toString(store.size()),
            factory.generateCertificate(new ByteArrayInputStream(block.der())));
      }
    }
    if (store.size() == 0) {
      throw new TlsFault(file, "the file has no certificate in PEM; name that of the authority");
    }
    return store;
  }

  /**
   * The TLS of a connection that has just been opened, which begins as soon as it is in the
   * pipeline. Called on its loop.
   *
   * @param name the name or address that the peer's certificate must have
   */
  public TlsHandler handler(
      Channel channel, Loop loop, Handshakes handshakes, String name, int port) {
    SSLEngine engine = made.context.newEngine(channel.alloc(), name, port);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(NAMES);
    engine.setSSLParameters(parameters);
    return new TlsHandler(engine, TlsContext::isResumed, loop, handshakes);
  }

  /**
   * TLS on a connection that may block, with its handshake.
   *
   * @throws IOException if the peer shows no certificate that is good for this name
   */
  public Socket over(Socket plain, String name, int port) throws IOException {
    SSLSocket socket =
        (SSLSocket) made.blocking.getSocketFactory().createSocket(plain, name, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(NAMES);
    socket.setSSLParameters(parameters);
    try {
      socket.startHandshake();
      return socket;
    } catch (IOException e) {
      throw failure(name + ":" + port, why(e));
    }
  }

  /** The exception for a failed handshake with a peer. */
  public static IOException failure(String peer, String why) {
    return new IOException("TLS with " + peer + " fails: " + why);
  }

  /** Why a handshake has failed, in words. */
  public static String why(Throwable failure) {
    Throwable last = failure;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      last = cause;
      if (cause instanceof EOFException || cause instanceof SocketException) {
        return CLOSED;
      }
      if (cause instanceof SocketTimeoutException) {
        return SILENT;
      }
      if (cause instanceof CertificateExpiredException) {
        return "its certificate has expired (" + cause.getMessage() + ")";
      }
      if (cause instanceof CertificateNotYetValidException) {
        return "its certificate is not valid yet (" + cause.getMessage() + ")";
      }
      if (cause instanceof CertificateException
          && has(cause, "No subject alternative", "No name")) {
        return "its certificate is for another name (" + cause.getMessage() + ")";
      }
      if (has(cause, "unable to find valid certification path")) {
        return "its certificate is of an authority that is not known here; name the right one with"
            + " ca=";
      }
      if (has(cause, "a record of", "Unsupported or unrecognized", "WRONG_VERSION_NUMBER")) {
        return "it does not speak TLS";
      }
    }
    return String.valueOf(last.getMessage());
  }

  private static boolean has(Throwable cause, String... words) {
    String message = String.valueOf(cause.getMessage());
    for (String each : words) {
      if (message.contains(each)) {
        return true;
      }
    }
    return false;
  }
}
