/* Handlers of segment registers, far transfers, interrupts, system instructions, port I/O and the flags that concern
 * the system. Named as opcode.h says. */
#ifndef EMU_CPU_OPS_SYSTEM_H
#define EMU_CPU_OPS_SYSTEM_H

#include "emu/cpu/insn.h"

/* op_segment.c */
op_fn op_push_ES_16, op_push_ES_32, op_push_CS_16, op_push_CS_32, op_push_SS_16, op_push_SS_32;
op_fn op_push_DS_16, op_push_DS_32, op_push_FS_16, op_push_FS_32, op_push_GS_16, op_push_GS_32;
op_fn op_pop_ES_16, op_pop_ES_32, op_pop_SS_16, op_pop_SS_32, op_pop_DS_16, op_pop_DS_32;
op_fn op_pop_FS_16, op_pop_FS_32, op_pop_GS_16, op_pop_GS_32;
op_fn op_mov_Ew_Sw_r16, op_mov_Ew_Sw_r32, op_mov_Ew_Sw_m, op_mov_Sw_Ew_r, op_mov_Sw_Ew_m;
op_fn op_les_Gv_Mp_m16, op_les_Gv_Mp_m32, op_lds_Gv_Mp_m16, op_lds_Gv_Mp_m32, op_lss_Gv_Mp_m16, op_lss_Gv_Mp_m32;
op_fn op_lfs_Gv_Mp_m16, op_lfs_Gv_Mp_m32, op_lgs_Gv_Mp_m16, op_lgs_Gv_Mp_m32;
op_fn op_verr_Ew_r, op_verr_Ew_m, op_verw_Ew_r, op_verw_Ew_m, op_arpl_Ew_Gw_r, op_arpl_Ew_Gw_m;
op_fn op_lar_Gv_Ew_r16, op_lar_Gv_Ew_m16, op_lar_Gv_Ew_r32, op_lar_Gv_Ew_m32;
op_fn op_lsl_Gv_Ew_r16, op_lsl_Gv_Ew_m16, op_lsl_Gv_Ew_r32, op_lsl_Gv_Ew_m32;

/* op_far.c */
op_fn op_jmp_Ap_16, op_jmp_Ap_32, op_jmp_Mp_m16, op_jmp_Mp_m32;
op_fn op_call_Ap_16, op_call_Ap_32, op_call_Mp_m16, op_call_Mp_m32;
op_fn op_retf_16, op_retf_32, op_retf_Iw_16, op_retf_Iw_32, op_iret_16, op_iret_32;
op_fn op_int_Ib, op_int3, op_into, op_icebp, op_bound_Gv_Ma_m16, op_bound_Gv_Ma_m32;

/* op_flag.c */
op_fn op_cli, op_sti, op_pushf_16, op_pushf_32, op_popf_16, op_popf_32;

/* op_io.c */
op_fn op_in_AL_Ib, op_in_eAX_Ib_16, op_in_eAX_Ib_32, op_in_AL_DX, op_in_eAX_DX_16, op_in_eAX_DX_32;
op_fn op_out_Ib_AL, op_out_Ib_eAX_16, op_out_Ib_eAX_32, op_out_DX_AL, op_out_DX_eAX_16, op_out_DX_eAX_32;
op_fn op_ins_Yb_DX, op_ins_Yv_DX_16, op_ins_Yv_DX_32, op_outs_DX_Xb, op_outs_DX_Xv_16, op_outs_DX_Xv_32;

/* op_system.c */
op_fn op_sgdt_Ms_m16, op_sgdt_Ms_m32, op_sidt_Ms_m16, op_sidt_Ms_m32;
op_fn op_lgdt_Ms_m16, op_lgdt_Ms_m32, op_lidt_Ms_m16, op_lidt_Ms_m32;
op_fn op_smsw_Ew_r16, op_smsw_Ew_r32, op_smsw_Ew_m, op_lmsw_Ew_r, op_lmsw_Ew_m;
op_fn op_sldt_Ew_r16, op_sldt_Ew_r32, op_sldt_Ew_m, op_str_Ew_r16, op_str_Ew_r32, op_str_Ew_m;
op_fn op_lldt_Ew_r, op_lldt_Ew_m, op_ltr_Ew_r, op_ltr_Ew_m;
op_fn op_mov_Rd_Cd, op_mov_Cd_Rd, op_mov_Rd_Dd, op_mov_Dd_Rd, op_mov_Rd_Td, op_mov_Td_Rd;
op_fn op_umov_Eb_Gb_r, op_umov_Eb_Gb_m, op_umov_Gb_Eb_r, op_umov_Gb_Eb_m;
op_fn op_umov_Ev_Gv_r16, op_umov_Ev_Gv_m16, op_umov_Ev_Gv_r32, op_umov_Ev_Gv_m32;
op_fn op_umov_Gv_Ev_r16, op_umov_Gv_Ev_m16, op_umov_Gv_Ev_r32, op_umov_Gv_Ev_m32;
op_fn op_clts, op_invd, op_wbinvd, op_invlpg_M_m, op_hlt, op_cpuid;

#endif
