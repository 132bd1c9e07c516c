// SPDX-License-Identifier: MIT
#include "broker_socket.hpp"

#include <asio/buffer.hpp>
#include <asio/connect.hpp>
#include <asio/ssl/error.hpp>

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <utility>

namespace virtual_modem {

broker_socket::broker_socket(asio::io_context& io, address peer, bool encrypts, const std::string& cafile)
    : resolver_(io),
      context_(asio::ssl::context::tls_client),
      stream_(io, context_),
      peer_(std::move(peer)),
      encrypts_(encrypts),
      cafile_(cafile) {}

void broker_socket::connect(owner who) {
    who_ = std::move(who);
    is_open_ = true;
    resolver_.async_resolve(peer_.host, std::to_string(peer_.port),
                            [self = shared_from_this()](const error_code& why, const auto& found) {
                                if (!self->is_open_) return;
                                if (why && self->peer_.host == "localhost") return self->dial(self->loopback());
                                why ? self->fail(why) : self->dial(found);
                            });
}

// That name needs nobody to resolve it [RFC 6761, 6.3], and a bare system has no /etc/hosts to do so.
asio::ip::tcp::resolver::results_type broker_socket::loopback() const {
    return asio::ip::tcp::resolver::results_type::create({asio::ip::address_v4::loopback(), peer_.port}, peer_.host,
                                                         std::to_string(peer_.port));
}

void broker_socket::dial(const asio::ip::tcp::resolver::results_type& found) {
    asio::async_connect(stream_.next_layer(), found, [self = shared_from_this()](const error_code& why, const auto&) {
        if (!self->is_open_) return;
        if (why) return self->fail(why);
        error_code unused;
        self->stream_.next_layer().set_option(asio::ip::tcp::no_delay(true), unused);
        self->encrypts_ ? self->shake_hands() : self->who_.connected();
    });
}

// The chain of certificates and the name in the first of them are looked at; without both there is no connection.
void broker_socket::shake_hands() {
    error_code why;
    if (cafile_.empty())
        context_.set_default_verify_paths(why);
    else
        context_.load_verify_file(cafile_, why);
    if (why) return fail(why);
    SSL_set_SSL_CTX(stream_.native_handle(), context_.native_handle());
    if (SSL_CTX_get_cert_store(context_.native_handle()) != nullptr)
        SSL_set1_verify_cert_store(stream_.native_handle(), SSL_CTX_get_cert_store(context_.native_handle()));
    stream_.set_verify_mode(asio::ssl::verify_peer);
    if (!expects_peer()) return fail(asio::error::invalid_argument);
    stream_.async_handshake(asio::ssl::stream_base::client, [self = shared_from_this()](const error_code& failed) {
        if (!self->is_open_) return;
        failed ? self->fail(failed) : self->who_.connected();
    });
}

// Whether the certificate has to name who was dialled: OpenSSL looks at that itself, so that its verdict says so. None could name
// nobody, which OpenSSL would take for anybody, nor the zone of an address.
bool broker_socket::expects_peer() {
    SSL* const tls = stream_.native_handle();
    error_code is_name;
    asio::ip::make_address(peer_.host, is_name);
    if (!is_name) {
        const std::string address = peer_.host.substr(0, peer_.host.find('%'));
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), address.c_str()) == 1;
    }
    return !peer_.host.empty() && SSL_set1_host(tls, peer_.host.c_str()) == 1 &&
           SSL_set_tlsext_host_name(tls, peer_.host.c_str()) == 1;
}

void broker_socket::read() {
    const auto done = [self = shared_from_this()](const error_code& why, std::size_t count) {
        if (!self->is_open_) return;
        why ? self->lose(why) : self->who_.bytes({self->chunk_, count});
    };
    if (encrypts_)
        stream_.async_read_some(asio::buffer(chunk_), done);
    else
        stream_.next_layer().async_read_some(asio::buffer(chunk_), done);
}

void broker_socket::write(std::string bytes) {
    being_written_ = std::move(bytes);
    const auto done = [self = shared_from_this()](const error_code& why, std::size_t count) {
        if (!self->is_open_) return;
        why ? self->lose(why) : self->who_.written(count);
    };
    if (encrypts_)
        stream_.async_write_some(asio::buffer(being_written_), done);
    else
        stream_.next_layer().async_write_some(asio::buffer(being_written_), done);
}

void broker_socket::close() {
    error_code unused;
    stream_.next_layer().shutdown(asio::ip::tcp::socket::shutdown_send, unused);
    drop();
}

// No end is sent before, or it would be an orderly one.
void broker_socket::reset() {
    error_code unused;
    stream_.next_layer().set_option(asio::socket_base::linger(true, 0), unused);
    drop();
}

void broker_socket::drop() {
    is_open_ = false;
    error_code unused;
    resolver_.cancel();
    stream_.next_layer().close(unused);
}

void broker_socket::fail(const error_code& why) {
    const owner who = who_;
    const std::string words = words_of(why);
    close();
    who.failed(words);
}

void broker_socket::lose(const error_code& why) {
    const owner who = who_;
    const std::string words = words_of(why);
    close();
    who.lost(words);
}

std::string broker_socket::words_of(const error_code& why) {
    const std::string where = "broker " + peer_.host + ":" + std::to_string(peer_.port) + ": ";
    const long verdict = encrypts_ ? SSL_get_verify_result(stream_.native_handle()) : X509_V_OK;
    if (verdict != X509_V_OK)
        return where + "its certificate is refused: " + X509_verify_cert_error_string(verdict) +
               " (--cafile names the authorities to trust)";
    if (why == asio::error::eof || why == asio::ssl::error::stream_truncated)
        return where + "the broker has closed the connection";
    return where + why.message();
}

}  // namespace virtual_modem
