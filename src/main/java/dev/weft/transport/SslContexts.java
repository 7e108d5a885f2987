package dev.weft.transport;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Creates SSL contexts from PEM files, as Python's {@code ssl.create_default_context}, {@code load_cert_chain} and
 * {@code load_verify_locations} do. {@link SslOptions} takes the contexts.
 *
 * <pre>{@code
 * SSLContext tls = SslContexts.server(Path.of("chain.pem"), Path.of("key.pem"));
 * startServer(handler, "0.0.0.0", 8443, StreamReader.DEFAULT_LIMIT, ServerOptions.defaults().withSsl(tls));
 * }</pre>
 *
 * <p>All methods read files and block the calling thread: call them before the loop runs, or by {@code toThread}. Any
 * thread. Private keys may be PKCS#8 ({@code PRIVATE KEY}), PKCS#1 ({@code RSA PRIVATE KEY}) or SEC 1
 * ({@code EC PRIVATE KEY}), not encrypted. A key must belong to the first certificate of its chain.
 */
public final class SslContexts {

  private static final char[] NO_PASSWORD = {};

  private SslContexts() {}

  /**
   * Creates a context for a server that does not ask its clients for certificates. Blocks its caller. Any thread.
   *
   * @param certificateChain the file of the server's certificate, followed by those that lead to a root
   * @param privateKey the file of the private key, which may be the same file
   * @return the context
   * @throws IOException if a file cannot be read
   * @throws GeneralSecurityException if a file has no valid certificate or key, or they do not belong together
   */
  public static SSLContext server(Path certificateChain, Path privateKey)
      throws IOException, GeneralSecurityException {
    return context(keys(certificateChain, privateKey), null);
  }

  /**
   * Creates options for a server that admits only clients with certificates. A Java context cannot ask for these, so
   * the result is options with {@link ClientAuth#NEED}, which {@link SslOptions#withClientAuth} can change. Blocks its
   * caller. Any thread.
   *
   * @param certificateChain the file of the server's certificate, followed by those that lead to a root
   * @param privateKey the file of the private key, which may be the same file
   * @param trusted the file of the authorities; the server admits only clients with certificates of theirs
   * @return the options
   * @throws IOException if a file cannot be read
   * @throws GeneralSecurityException if a file has no valid certificate or key, or they do not belong together
   */
  public static SslOptions server(Path certificateChain, Path privateKey, Path trusted)
      throws IOException, GeneralSecurityException {
    SSLContext context = context(keys(certificateChain, privateKey), trust(trusted));
    return SslOptions.of(context).withClientAuth(ClientAuth.NEED);
  }

  /**
   * Creates a context for a client. Blocks its caller. Any thread.
   *
   * @param trusted the file of the authorities; the client trusts only servers with certificates of theirs
   * @return the context
   * @throws IOException if the file cannot be read
   * @throws GeneralSecurityException if the file has no valid certificate
   */
  public static SSLContext client(Path trusted) throws IOException, GeneralSecurityException {
    return context(null, trust(trusted));
  }

  /**
   * Creates a context for a client that has a certificate of its own. Blocks its caller. Any thread.
   *
   * @param trusted the file of the authorities; the client trusts only servers with certificates of theirs
   * @param certificateChain the file of the client's certificate, followed by those that lead to a root
   * @param privateKey the file of the private key, which may be the same file
   * @return the context
   * @throws IOException if a file cannot be read
   * @throws GeneralSecurityException if a file has no valid certificate or key, or they do not belong together
   */
  public static SSLContext client(Path trusted, Path certificateChain, Path privateKey)
      throws IOException, GeneralSecurityException {
    return context(keys(certificateChain, privateKey), trust(trusted));
  }

  private static SSLContext context(KeyManager @Nullable [] keys, TrustManager @Nullable [] trust)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust, null);
    return context;
  }

  private static KeyManager[] keys(Path certificateChain, Path privateKey)
      throws IOException, GeneralSecurityException {
    List<X509Certificate> chain = Pem.certificates(certificateChain);
    PrivateKey key = Pem.privateKey(privateKey);
    if (!belongTogether(key, chain.get(0).getPublicKey())) {
      throw new InvalidKeyException("the private key in " + privateKey
          + " does not belong to the first certificate in " + certificateChain);
    }
    KeyStore store = emptyStore();
    store.setKeyEntry("key", key, NO_PASSWORD, chain.toArray(Certificate[]::new));
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static boolean belongTogether(PrivateKey key, PublicKey certified)
      throws GeneralSecurityException {
    if (key instanceof RSAKey one) {
      return certified instanceof RSAKey other && one.getModulus().equals(other.getModulus());
    }
    Signature signature = Signature.getInstance(
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "DSA" -> "SHA256withDSA";
          default -> key.getAlgorithm();
        });
    byte[] signed = {1};
    signature.initSign(key);
    signature.update(signed);
    byte[] proof = signature.sign();
    try {
      signature.initVerify(certified);
      signature.update(signed);
      return signature.verify(proof);
    } catch (InvalidKeyException | SignatureException ofAnotherKind) {
      return false;
    }
  }

  private static TrustManager[] trust(Path trusted) throws IOException, GeneralSecurityException {
    KeyStore store = emptyStore();
    for (X509Certificate authority : Pem.certificates(trusted)) {
      store.setCertificateEntry("trusted-" + store.size(), authority);
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
