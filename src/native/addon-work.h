// Work on a worker thread as a promise.
#pragma once
#include <napi.h>

#include <functional>
#include <utility>

namespace deskd {

// A promise settled by work on a worker thread; what it throws rejects with the same words.
class Work final : public Napi::AsyncWorker {
 public:
  using Result = std::function<Napi::Value(Napi::Env)>;
  static Napi::Promise run(Napi::Env env, std::function<Result()> work) {
    auto* job = new Work(env, std::move(work));
    job->Queue();
    return job->deferred_.Promise();
  }

 private:
  Work(Napi::Env env, std::function<Result()> work)
      : Napi::AsyncWorker(env), deferred_(Napi::Promise::Deferred::New(env)), work_(std::move(work)) {}
  void Execute() override { result_ = work_(); }
  void OnOK() override { deferred_.Resolve(result_(Env())); }
  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

  Napi::Promise::Deferred deferred_;
  std::function<Result()> work_;
  Result result_;
};

inline Napi::Value undefined(Napi::Env env) { return env.Undefined(); }

}  // namespace deskd
