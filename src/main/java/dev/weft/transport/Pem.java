package dev.weft.transport;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/*
 * The JDK reads keys as PKCS#8 only: SEQUENCE { 0, SEQUENCE { algorithm, parameters }, OCTET STRING { key } }.
 * The older forms, PKCS#1 and SEC 1, are that key alone, so they are put into it. The parameters of an elliptic
 * curve are its name, which SEC 1 has at its end, tagged [0].
 */

/** Reads certificates and private keys from PEM files. */
final class Pem {

  // type, headers, content
  private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s*"
      + "((?:[A-Za-z0-9-]+:.*\\R)*)([A-Za-z0-9+/=\\s]*)-----END \\1-----");

  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final int CURVE = 0xa0;

  private static final byte[] VERSION_0 = {2, 1, 0};
  private static final byte[] RSA = { // 1.2.840.113549.1.1.1, NULL
    6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
  };
  private static final byte[] EC = { // 1.2.840.10045.2.1
    6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1
  };

  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS", "DSA");

  private Pem() {}

  private record Block(String type, String headers, byte[] content) {
    boolean isEncrypted() {
      return type.startsWith("ENCRYPTED") || headers.contains("ENCRYPTED");
    }
  }

  private static List<Block> read(Path file) throws IOException, GeneralSecurityException {
    var blocks = new ArrayList<Block>();
    Matcher found = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    while (found.find()) {
      try {
        byte[] content = Base64.getMimeDecoder().decode(found.group(3));
        blocks.add(new Block(found.group(1), found.group(2), content));
      } catch (IllegalArgumentException e) {
        throw new GeneralSecurityException("broken " + found.group(1) + " in " + file, e);
      }
    }
    return blocks;
  }

  /** Returns all certificates of a file, at least one. */
  static List<X509Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    var factory = CertificateFactory.getInstance("X.509");
    var certificates = new ArrayList<X509Certificate>();
    for (Block block : read(file)) {
      if (block.type.equals("CERTIFICATE")) {
        var content = new ByteArrayInputStream(block.content);
        certificates.add((X509Certificate) factory.generateCertificate(content));
      }
    }
    if (certificates.isEmpty()) {
      throw new CertificateException("no CERTIFICATE in " + file);
    }
    return certificates;
  }

  /** Returns the first private key of a file. */
  static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    for (Block block : read(file)) {
      if (block.type.endsWith("PRIVATE KEY") && block.isEncrypted()) {
        throw new InvalidKeySpecException("the key in " + file
            + " is encrypted; decrypt it by: openssl pkey -in " + file + " -out plain.pem");
      }
      switch (block.type) {
        case "PRIVATE KEY" -> {
          return decode(block.content, file);
        }
        case "RSA PRIVATE KEY" -> {
          return decode(pkcs8(RSA, block.content), file);
        }
        case "EC PRIVATE KEY" -> {
          return decode(pkcs8(concat(EC, curve(block.content, file)), block.content), file);
        }
        default -> {} // certificates, parameters of curves
      }
    }
    throw new InvalidKeySpecException("no PRIVATE KEY in " + file);
  }

  private static PrivateKey decode(byte[] pkcs8, Path file) throws GeneralSecurityException {
    var failure = new InvalidKeySpecException("no private key that the JDK knows: " + file);
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (InvalidKeySpecException e) {
        failure.addSuppressed(e);
      }
    }
    throw failure;
  }

  // ---- DER

  private static byte[] pkcs8(byte[] algorithm, byte[] key) {
    return der(
        SEQUENCE, concat(VERSION_0, concat(der(SEQUENCE, algorithm), der(OCTET_STRING, key))));
  }

  private static byte[] der(int tag, byte[] content) {
    var out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.length;
    if (length < 0x80) {
      out.write(length);
    } else { // in four bytes at most
      int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
      out.write(0x80 | bytes);
      for (int i = bytes - 1; i >= 0; i--) {
        out.write(length >> (8 * i));
      }
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] concat(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length)
        .put(first)
        .put(second)
        .array();
  }

  /** Returns the name of the curve of a SEC 1 key, which is the content of its element [0]. */
  private static byte[] curve(byte[] sec1, Path file) throws InvalidKeySpecException {
    try {
      ByteBuffer key = ByteBuffer.wrap(sec1);
      key.get();
      length(key);
      while (key.hasRemaining()) {
        int tag = key.get() & 0xff;
        byte[] content = new byte[length(key)];
        key.get(content);
        if (tag == CURVE) {
          return content;
        }
      }
    } catch (RuntimeException e) {
      throw new InvalidKeySpecException("broken EC PRIVATE KEY in " + file, e);
    }
    throw new InvalidKeySpecException("the EC PRIVATE KEY in " + file + " does not name its curve;"
        + " convert it by: openssl pkcs8 -topk8 -nocrypt -in " + file + " -out plain.pem");
  }

  private static int length(ByteBuffer der) {
    int length = der.get() & 0xff;
    if (length >= 0x80) {
      int bytes = length & 0x7f;
      length = 0;
      for (int i = 0; i < bytes; i++) {
        length = length << 8 | der.get() & 0xff;
      }
    }
    return length;
  }
}
