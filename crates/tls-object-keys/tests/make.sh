#!/bin/sh
# Makes the files of this folder again, with the openssl command (3.0 and later). All hold the same key.
set -e
cd "$(dirname "$0")"
secret='pass:secret words'
openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out plain.pem
openssl pkcs8 -topk8 -in plain.pem -out aes-256.pem -passout "$secret" -v2 aes-256-cbc
openssl pkcs8 -topk8 -in plain.pem -out aes-128-sha1.pem -passout "$secret" -v2 aes-128-cbc -v2prf hmacWithSHA1
openssl pkcs8 -topk8 -in plain.pem -out aes-192-sha512.pem -passout "$secret" -v2 aes-192-cbc -v2prf hmacWithSHA512
openssl pkcs8 -topk8 -in plain.pem -out des3.pem -passout "$secret" -v2 des3
openssl pkcs8 -topk8 -in plain.pem -out scrypt.pem -passout "$secret" -scrypt -scrypt_N 1024
openssl pkcs8 -topk8 -in plain.pem -out too-many-rounds.pem -passout "$secret" -v2 aes-256-cbc -iter 10000001
openssl pkcs8 -topk8 -in plain.pem -out pkcs12-pbe.pem -passout "$secret" -v1 PBE-SHA1-3DES
for cipher in aes128 aes192 aes256 des3; do
    openssl ec -in plain.pem -out "legacy-$cipher.pem" -passout "$secret" "-$cipher"
done
openssl ec -in plain.pem -out legacy-des.pem -passout "$secret" -des -provider legacy -provider default
openssl req -x509 -key plain.pem -subj /CN=root.example -days 36500 -out root.pem
openssl req -new -key plain.pem -subj /CN=leaf.example -out leaf.csr
openssl x509 -req -in leaf.csr -CA root.pem -CAkey plain.pem -set_serial 2 -days 36500 -out leaf.pem
rm leaf.csr
openssl pkcs12 -export -in leaf.pem -inkey plain.pem -certfile root.pem -passout "$secret" -out modern.p12
openssl pkcs12 -export -in leaf.pem -inkey plain.pem -certfile root.pem -passout "$secret" -out legacy.p12 -legacy
openssl pkcs12 -export -in leaf.pem -inkey plain.pem -certfile root.pem -passout pass: -out no-passphrase.p12
openssl pkcs12 -export -in leaf.pem -nokeys -passout "$secret" -out no-key.p12
openssl pkcs12 -export -in leaf.pem -inkey plain.pem -passout "$secret" -out too-many-rounds.p12 -iter 10000001
