// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.X509TrustManager;

/**
 * Trusts no certificate of a client, because none is asked for. Without it Java reads all
 * authorities of the machine, which is a tenth of a start, and BoringSSL keeps their names.
 * Immutable.
 */
final class NoClientCertificates implements X509TrustManager {
  static final NoClientCertificates TRUSTED = new NoClientCertificates();

  private NoClientCertificates() {}

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
    throw new CertificateException("no client is asked for a certificate");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
    throw new CertificateException("this is a server");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
