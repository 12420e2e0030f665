// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.internal.tcnative.SSL;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import java.security.Provider;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyManagerFactorySpi;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Certificates and ticket keys of one moment, made ready for handshakes: BoringSSL's, or the JDK's
 * where that does not load. Connections keep the one that they began with alive. Safe for any
 * thread.
 */
final class TlsContext {
  private static final List<String> HTTP_1 = List.of(ApplicationProtocolNames.HTTP_1_1);
  private static final List<String> HTTP_2 =
      List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1);

  private final SslContext context;

  /** The context for listeners that offer HTTP/2, because ALPN is a setting of the context. */
  private final SslContext withHttp2;

  private final CertificateChoice choice;
  private final RsaSigner signer;

  /**
   * Makes them ready.
   *
   * @param signer signs for the certificates that it has keys of, if BoringSSL is available
   */
  TlsContext(
      List<Certificate> certificates, TlsProfile profile, TicketKeys tickets, RsaSigner signer)
      throws SSLException {
    this.signer = signer;
    choice = new CertificateChoice(certificates, signer);
    context = context(HTTP_1, profile, tickets);
    withHttp2 = context(HTTP_2, profile, tickets);
  }

  private SslContext context(List<String> protocols, TlsProfile profile, TicketKeys tickets)
      throws SSLException {
    return isNative() ? boringSsl(protocols, profile, tickets) : jdk(protocols, profile);
  }

  /** Whether BoringSSL is available. */
  static boolean isNative() {
    return OpenSsl.isAvailable();
  }

  private SslContext boringSsl(List<String> protocols, TlsProfile profile, TicketKeys tickets)
      throws SSLException {
    ReferenceCountedOpenSslContext made =
        (ReferenceCountedOpenSslContext)
            common(SslContextBuilder.forServer(cached(choice)), protocols, profile)
                .sslProvider(SslProvider.OPENSSL_REFCNT)
                .option(OpenSslContextOption.GROUPS, TlsProfile.GROUPS.toArray(String[]::new))
                .option(OpenSslContextOption.PRIVATE_KEY_METHOD, signer)
                .build();
    OpenSslServerSessionContext sessions = (OpenSslServerSessionContext) made.sessionContext();
    sessions.setSessionCacheEnabled(false);
    sessions.setTicketKeys(tickets.keys());
    return made;
  }

  private SslContext jdk(List<String> protocols, TlsProfile profile) throws SSLException {
    return common(SslContextBuilder.forServer(choice), protocols, profile)
        .sslProvider(SslProvider.JDK)
        .build();
  }

  private static SslContextBuilder common(
      SslContextBuilder builder, List<String> protocols, TlsProfile profile) {
    return builder
        .trustManager(NoClientCertificates.TRUSTED)
        .protocols(profile.protocols())
        .ciphers(TlsProfile.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                protocols));
  }

  /** A factory that parses a key once, not in each handshake. */
  private static KeyManagerFactory cached(KeyManager manager) {
    return new OpenSslCachingX509KeyManagerFactory(new Factory(new Spi(manager)));
  }

  private static final class Factory extends KeyManagerFactory {
    private Factory(Spi spi) {
      super(spi, new Named(), "choice");
    }
  }

  private static final class Named extends Provider {
    private static final long serialVersionUID = 1;

    private Named() {
      super("certificates", "1", "the certificates of the gateway");
    }
  }

  private static final class Spi extends KeyManagerFactorySpi {
    private final KeyManager manager;

    private Spi(KeyManager manager) {
      this.manager = manager;
    }

    @Override
    protected void engineInit(KeyStore store, char[] password) {
      throw new UnsupportedOperationException("it has its keys");
    }

    @Override
    protected void engineInit(ManagerFactoryParameters parameters) {
      throw new UnsupportedOperationException("it has its keys");
    }

    @Override
    protected KeyManager[] engineGetKeyManagers() {
      return new KeyManager[] {manager};
    }
  }

  /** Keeps this alive until {@link #release}; false if it has been given up. */
  boolean retain() {
    if (!retain(context)) {
      return false;
    }
    if (!retain(withHttp2)) {
      ReferenceCountUtil.release(context);
      return false;
    }
    return true;
  }

  private static boolean retain(SslContext each) {
    return !(each instanceof ReferenceCountedOpenSslContext counted)
        || counted.refCnt() > 0 && tryRetain(counted);
  }

  private static boolean tryRetain(ReferenceCountedOpenSslContext counted) {
    try {
      counted.retain();
      return true;
    } catch (IllegalReferenceCountException e) {
      return false;
    }
  }

  void release() {
    ReferenceCountUtil.release(context);
    ReferenceCountUtil.release(withHttp2);
  }

  /**
   * An engine for one connection, which keeps this alive.
   *
   * @param http2 whether HTTP/2 is offered
   */
  SSLEngine engine(Channel channel, boolean http2) {
    String local = choice.hasAddresses() ? address(channel) : null;
    SSLEngine engine = (http2 ? withHttp2 : context).newEngine(channel.alloc(), local, 0);
    if (engine instanceof ReferenceCountedOpenSslEngine open) {
      // the client's order counts: it knows which cipher is fast for it, and all of them are good
      SSL.clearOptions(open.sslPointer(), SSL.SSL_OP_CIPHER_SERVER_PREFERENCE);
    }
    return engine;
  }

  private static @Nullable String address(Channel channel) {
    return channel.localAddress() instanceof InetSocketAddress inet
        ? NetUtil.toAddressString(inet.getAddress())
        : null;
  }

  /**
   * Whether a client came with a ticket; the JDK's engine does not say, nor does BoringSSL's if the
   * client has already ended the connection.
   */
  static boolean isResumed(SSLEngine engine) {
    return engine instanceof ReferenceCountedOpenSslEngine open
        && open.sslPointer() != 0
        && SSL.isSessionReused(open.sslPointer());
  }
}
