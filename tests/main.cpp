// main() of every test program. Marked test cases are not skipped, and a run that finds no test case fails.
// SPDX-License-Identifier: MIT
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>

namespace {

unsigned ran = 0;

struct counter : doctest::IReporter {
    explicit counter(const doctest::ContextOptions&) {}
    void test_run_end(const doctest::TestRunStats& stats) override { ran = stats.numTestCasesPassingFilters; }
    void report_query(const doctest::QueryData&) override {}
    void test_run_start() override {}
    void test_case_start(const doctest::TestCaseData&) override {}
    void test_case_reenter(const doctest::TestCaseData&) override {}
    void test_case_end(const doctest::CurrentTestCaseStats&) override {}
    void test_case_exception(const doctest::TestCaseException&) override {}
    void subcase_start(const doctest::SubcaseSignature&) override {}
    void subcase_end() override {}
    void log_assert(const doctest::AssertData&) override {}
    void log_message(const doctest::MessageData&) override {}
    void test_case_skipped(const doctest::TestCaseData&) override {}
};

}  // namespace

DOCTEST_REGISTER_LISTENER("counter", 1, counter);

int main(int count, char** arguments) {
    doctest::Context context;
    context.setOption("no-skip", true);
    context.applyCommandLine(count, arguments);
    const int status = context.run();
    if (context.shouldExit() || ran > 0) return status;
    std::fputs("no test case was run\n", stderr);
    return 1;
}
